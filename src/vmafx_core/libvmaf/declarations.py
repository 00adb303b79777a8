"""The C declarations the binding uses: libvmaf's, as of 3.0 (the same in 3.2), and C's `stderr`.

`_declarations.py` is made from them, so that no C has to be parsed when the program starts::

    python -m vmafx_core.libvmaf.declarations
"""

from pathlib import Path

from cffi import FFI

COMPILED = "vmafx_core.libvmaf._declarations"

CDEF = """
typedef struct VmafContext VmafContext;
typedef struct VmafModel VmafModel;
typedef struct VmafModelCollection VmafModelCollection;
typedef struct VmafFeatureDictionary VmafFeatureDictionary;

typedef struct {
    int log_level;
    unsigned n_threads;
    unsigned n_subsample;
    uint64_t cpumask;
    uint64_t gpumask;
} VmafConfiguration;

typedef struct {
    char *name;
    uint64_t flags;
} VmafModelConfig;

typedef struct {
    int pix_fmt;
    unsigned bpc;
    unsigned w[3], h[3];
    ptrdiff_t stride[3];
    void *data[3];
    void *ref;
    void *priv;
} VmafPicture;

typedef struct {
    struct { unsigned w, h, bpc; int pix_fmt; } pic_params;
    unsigned pic_cnt;
} VmafPictureConfiguration;

typedef struct {
    int type;
    struct {
        double bagging_score;
        double stddev;
        struct { struct { double lo, hi; } p95; } ci;
    } bootstrap;
} VmafModelCollectionScore;

const char *vmaf_version(void);
int vmaf_init(VmafContext **vmaf, VmafConfiguration cfg);
int vmaf_close(VmafContext *vmaf);

int vmaf_model_load(VmafModel **model, VmafModelConfig *cfg, const char *version);
int vmaf_model_load_from_path(VmafModel **model, VmafModelConfig *cfg, const char *path);
int vmaf_model_feature_overload(VmafModel *model, const char *feature,
                                VmafFeatureDictionary *opts);
void vmaf_model_destroy(VmafModel *model);
int vmaf_model_collection_load(VmafModel **model, VmafModelCollection **collection,
                               VmafModelConfig *cfg, const char *version);
int vmaf_model_collection_load_from_path(VmafModel **model, VmafModelCollection **collection,
                                         VmafModelConfig *cfg, const char *path);
int vmaf_model_collection_feature_overload(VmafModel *model, VmafModelCollection **collection,
                                           const char *feature, VmafFeatureDictionary *opts);
void vmaf_model_collection_destroy(VmafModelCollection *collection);

int vmaf_feature_dictionary_set(VmafFeatureDictionary **dict, const char *key, const char *value);
int vmaf_feature_dictionary_free(VmafFeatureDictionary **dict);

int vmaf_use_features_from_model(VmafContext *vmaf, VmafModel *model);
int vmaf_use_features_from_model_collection(VmafContext *vmaf, VmafModelCollection *collection);
int vmaf_use_feature(VmafContext *vmaf, const char *feature, VmafFeatureDictionary *opts);

int vmaf_preallocate_pictures(VmafContext *vmaf, VmafPictureConfiguration cfg);
int vmaf_fetch_preallocated_picture(VmafContext *vmaf, VmafPicture *picture);
int vmaf_picture_alloc(VmafPicture *picture, int pix_fmt, unsigned bpc, unsigned w, unsigned h);
int vmaf_picture_unref(VmafPicture *picture);
int vmaf_read_pictures(VmafContext *vmaf, VmafPicture *reference, VmafPicture *distorted,
                       unsigned index);

int vmaf_score_at_index(VmafContext *vmaf, VmafModel *model, double *score, unsigned index);
int vmaf_score_at_index_model_collection(VmafContext *vmaf, VmafModelCollection *collection,
                                         VmafModelCollectionScore *score, unsigned index);
int vmaf_feature_score_at_index(VmafContext *vmaf, const char *feature, double *score,
                                unsigned index);
int vmaf_write_output(VmafContext *vmaf, const char *path, int format);

extern void *stderr;
extern void *__stderrp;
void *fdopen(int fd, const char *mode);
int fclose(void *stream);
int setvbuf(void *stream, char *buffer, int mode, size_t size);
"""


def compile_to(path: Path) -> None:
    """Write the declarations as a module of cffi's; no C compiler is involved."""
    ffi = FFI()
    ffi.set_source(COMPILED, None)
    ffi.cdef(CDEF)
    ffi.emit_python_code(str(path))


if __name__ == "__main__":
    compile_to(Path(__file__).with_name("_declarations.py"))

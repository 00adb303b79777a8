"""The headings under which help shows options, in the order in which it shows them."""

TARGETS = "What is searched"
ENCODED = "How it is encoded"
MEASURED = "What is measured"
SAMPLED = "On which sample"
PART = "What part is used"
ALIGNED = "How frames are put together"
RAW = "Raw video"
READING = "How videos are read"
INSTALLED = "What is installed"
GATE = "Requirements"
PACKAGED = "What is made of it"
RESULTS = "Results"
QUEUED = "How it is queued"
REMOTE = "Remote"
LISTENING = "Where it listens"
ACCESS = "Who may use it"
LIMITS = "How much there may be"
RUNNING = "Running"

ORDER = (
    TARGETS,
    ENCODED,
    MEASURED,
    SAMPLED,
    PART,
    ALIGNED,
    RAW,
    READING,
    INSTALLED,
    GATE,
    PACKAGED,
    RESULTS,
    QUEUED,
    REMOTE,
    LISTENING,
    ACCESS,
    LIMITS,
    RUNNING,
)

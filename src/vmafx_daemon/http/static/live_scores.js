// The scores of a running job, as its events tell them.

/** Collects scores of frames; what comes twice is taken once. */
export class LiveScores {
  #whole = [];

  constructor(names) {
    this.videos = names.map((name) => ({
      name,
      times: [],
      metrics: new Map(),
      elementary: [],
      marked: [],
    }));
  }

  /** The times that will probably be seen in the end; none where that is not known. */
  get whole() {
    return this.#whole;
  }

  /** Note an event of the score; whether there are scores in it. */
  hear({ started, frame_scores: scores }) {
    if (started) {
      const rate = started.reference.frame_rate;
      const frames = started.expected_frames;
      if (rate && frames) this.#whole = [0, ((frames - 1) * rate.denominator) / rate.numerator];
    }
    if (scores) this.#add(scores);
    return Boolean(scores);
  }

  #add({ pair, first, times, metrics }) {
    const video = this.videos[pair];
    // A watcher that is too slow misses scores: what came before is then a gap in the line.
    place(video.times, first, times);
    for (const { name, values } of metrics) {
      if (!video.metrics.has(name)) video.metrics.set(name, []);
      place(video.metrics.get(name), first, values);
    }
  }
}

function place(list, first, values) {
  const before = list.length ? list[list.length - 1] : null;
  while (list.length < first) list.push(before);
  values.forEach((value, i) => {
    list[first + i] = value;
  });
}

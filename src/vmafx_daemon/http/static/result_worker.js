// Reads a job with its result, apart from the page: hours of scores take a while to read.

onmessage = async ({ data: { path, headers } }) => {
  try {
    const answer = await fetch(path, { headers });
    const job = await answer.json();
    if (!answer.ok) throw new Error(job.message);
    const lists = [];
    const compact = (holder, names) => {
      for (const name of names) {
        if (!holder?.[name]) continue;
        // Numbers that do not exist are null in JSON, and NaN here.
        holder[name] = Float64Array.from(holder[name], (value) => value ?? NaN);
        lists.push(holder[name].buffer);
      }
    };
    const { score, encode } = job.result ?? {};
    for (const pair of score?.pairs ?? []) compact(pair, ["times", "distorted_times"]);
    const metrics = [...(score?.pairs ?? []), encode].flatMap((each) => each?.metrics ?? []);
    for (const metric of metrics) compact(metric, ["values"]);
    postMessage({ job }, lists);
  } catch (error) {
    postMessage({ failure: error.message });
  }
};

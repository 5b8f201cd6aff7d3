// BullMQ with its defaults: one worker, finished jobs are kept, as Kurir keeps its history.
import { Queue, Worker } from "bullmq";
import { measure } from "./peer.mjs";

await measure(async ({ redis, inFlight }) => {
  const { hostname, port, password } = new URL(redis);
  const connection = { host: hostname, port: Number(port), password };
  const name = `bench-${process.pid}`;
  const queue = new Queue(name, { connection });
  await queue.waitUntilReady();
  return {
    add: (job) => queue.add("send", job, { jobId: job.id }),
    addAll: (jobs) => queue.addBulk(jobs.map((job) => ({ name: "send", data: job, opts: { jobId: job.id } }))),
    work: async (done) => {
      const worker = new Worker(name, async () => {}, {
        connection: { ...connection, maxRetriesPerRequest: null },
        concurrency: inFlight,
      });
      worker.on("completed", (job) => done(job.data.id));
      await worker.waitUntilReady();
      return () => worker.close();
    },
    close: async () => {
      await queue.obliterate({ force: true });
      await queue.close();
    },
  };
});

// graphile-worker in a database of its own; with `tuned` its worker takes jobs in groups and reports them in groups.
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";
import { measure } from "./peer.mjs";

await measure(async ({ postgres, inFlight, tuned }) => {
  const pgPool = new pg.Pool({ connectionString: postgres, max: 10 });
  pgPool.on("error", () => {});
  pgPool.on("connect", (client) => client.on("error", () => {}));
  const logger = new Logger(() => () => {});
  const utils = await makeWorkerUtils({ pgPool, logger });
  await utils.migrate();
  const groups = { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 };
  return {
    add: (job) => utils.addJob("send", job),
    addAll: (jobs) => utils.addJobs(jobs.map((job) => ({ identifier: "send", payload: job }))),
    work: async (done) => {
      const runner = await run({
        pgPool,
        logger,
        concurrency: inFlight,
        noHandleSignals: true,
        taskList: { send: async () => {} },
        ...(tuned ? { preset: { worker: groups } } : {}),
      });
      runner.events.on("job:complete", ({ job }) => done(job.payload.id));
      return () => runner.stop();
    },
    close: async () => {
      await utils.release();
      await pgPool.end();
    },
  };
});

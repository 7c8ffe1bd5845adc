-- Durable jobs that change the encryption of many objects. What changes with every object lies in a small row of its
-- own (batch_progress), so that a result costs no rewrite of a long selection; results name the job by a number.

CREATE TABLE "batch_job" (
    "job_id" TEXT NOT NULL PRIMARY KEY,
    "project_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "undo_of" TEXT,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "selection" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "plan" TEXT,
    "created_at" BIGINT NOT NULL,
    "confirmed_at" BIGINT,
    "started_at" BIGINT,
    "finished_at" BIGINT,
    "objects_per_second" INTEGER,
    "bytes_per_second" BIGINT,
    "results_pruned" BOOLEAN NOT NULL DEFAULT false,
    CONSTRAINT "batch_job_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project" ("project_id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE INDEX "batch_job_project_id_created_at_idx" ON "batch_job"("project_id", "created_at");

CREATE INDEX "batch_job_state_idx" ON "batch_job"("state");

CREATE TABLE "batch_progress" (
    "number" INTEGER NOT NULL PRIMARY KEY,
    "job_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "cursor" TEXT,
    "unchanged" BIGINT NOT NULL,
    "rewrapped" BIGINT NOT NULL,
    "rewritten" BIGINT NOT NULL,
    "failed" BIGINT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "active_ms" BIGINT NOT NULL
);

CREATE UNIQUE INDEX "batch_progress_job_id_key" ON "batch_progress"("job_id");

CREATE TABLE "batch_result" (
    "job" INTEGER NOT NULL,
    "bucket_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "version_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "outcome" TEXT NOT NULL,
    "error" TEXT,
    "size" BIGINT NOT NULL,
    "at" BIGINT NOT NULL,
    "mode" TEXT NOT NULL,
    "suite" TEXT,
    "key_id" TEXT,
    "key_version" INTEGER,
    "context" TEXT,
    "bucket_key_enabled" BOOLEAN,
    PRIMARY KEY ("job", "bucket_id", "key", "version_id")
) WITHOUT ROWID;

-- The few that failed among millions: their list, and trying them again. Prisma cannot express a partial index.
CREATE INDEX "batch_result_failed" ON "batch_result"("job", "bucket_id", "key", "version_id") WHERE "outcome" = 'failed';

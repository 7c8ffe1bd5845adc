-- CORS and lifecycle rules of buckets, and how far the lifecycle job is.
ALTER TABLE "bucket" ADD COLUMN "cors" TEXT;
ALTER TABLE "bucket" ADD COLUMN "lifecycle" TEXT;

CREATE TABLE "lifecycle_run" (
    "slot" BIGINT NOT NULL PRIMARY KEY,
    "finished" BOOLEAN NOT NULL,
    "position" TEXT
);

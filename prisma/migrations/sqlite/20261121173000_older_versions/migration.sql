-- The filter reaches older versions: of a key the newest first, so the order of versions stands in the index behind the
-- key. Delete markers are not encrypted and never found; without them the index is smaller, and no row has to be read
-- to pass one over. Prisma cannot express a partial index.
DROP INDEX "object_version_found";
CREATE INDEX "object_version_found" ON "object_version"
    ("bucket_id", "mode", "suite", "key_id", "key_version", "current", "key", "sequence" DESC, "size", "last_modified")
    WHERE "delete_marker" = 0;

-- Beside object_version_tagged: what has tags among older versions. A bucket without versions never writes to it.
CREATE INDEX "object_version_noncurrent_tagged" ON "object_version"("bucket_id", "key", "sequence" DESC)
    WHERE "current" = 0 AND "tags" <> '{}';

-- Which version of its key an object version lies under after a job, for the report. NULL in results of before.
ALTER TABLE "batch_result" ADD COLUMN "key_version_after" INTEGER;

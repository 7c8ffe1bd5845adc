-- How much lies under which method, key and key version, in each bucket and folder; and an index to find it by.

-- Counters of a bucket gain the key version, and the key of service-managed ones.
DROP TABLE "usage";
CREATE TABLE "usage" (
    "bucket_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "suite" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "key_version" INTEGER NOT NULL,
    "objects" BIGINT NOT NULL,
    "bytes" BIGINT NOT NULL,
    PRIMARY KEY ("bucket_id", "mode", "suite", "key_id", "key_version")
) WITHOUT ROWID;
INSERT INTO "usage"
SELECT "bucket_id", "mode", IFNULL("suite", ''), IFNULL("key_id", ''), IFNULL("key_version", 0), COUNT(*), SUM("size")
FROM "object_version" GROUP BY 1, 2, 3, 4, 5;

-- What hangs on a key. Counting up and down does not touch it.
CREATE INDEX "usage_key_id_key_version_idx" ON "usage"("key_id", "key_version");

-- A row for each of the first eight folders above a key (FOLDER_DEPTH in lib/db/catalog/folders.ts).
CREATE TABLE "folder_usage" (
    "bucket_id" TEXT NOT NULL,
    "folder" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "suite" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "objects" BIGINT NOT NULL,
    "bytes" BIGINT NOT NULL,
    PRIMARY KEY ("bucket_id", "folder", "mode", "suite", "key_id")
) WITHOUT ROWID;
WITH RECURSIVE "above" ("object_id", "key", "depth", "length") AS (
    SELECT "object_id", "key", 1, instr("key", '/') FROM "object_version" WHERE instr("key", '/') > 0
    UNION ALL
    SELECT "object_id", "key", "depth" + 1, "length" + instr(substr("key", "length" + 1), '/')
    FROM "above" WHERE "depth" < 8 AND instr(substr("key", "length" + 1), '/') > 0
)
INSERT INTO "folder_usage"
SELECT "bucket_id", substr("above"."key", 1, "length"), "mode", IFNULL("suite", ''), IFNULL("key_id", ''), COUNT(*), SUM("size")
FROM "above" JOIN "object_version" USING ("object_id") GROUP BY 1, 2, 3, 4, 5;

-- Finding by method and key in order of keys, by size and date without a look at the row; it also counts what hangs on
-- a key, so the index by key and version goes. Every PUT pays for an index.
DROP INDEX "object_version_key_id_key_version_idx";
CREATE INDEX "object_version_found" ON "object_version"
    ("bucket_id", "mode", "suite", "key_id", "key_version", "current", "key", "size", "last_modified");

-- Only objects with tags are in it, and most have none.
CREATE INDEX "object_version_tagged" ON "object_version"("bucket_id", "key") WHERE "current" = 1 AND "tags" <> '{}';

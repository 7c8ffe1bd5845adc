-- Damage of stored versions from the moment it is seen until it is gone, and rounds through all of them. A round goes
-- by row number, so that no row, however damaged, can hide from it or stop it.
CREATE TABLE "integrity_finding" (
    "finding_id" INTEGER NOT NULL PRIMARY KEY,
    "object_id" TEXT NOT NULL,
    "project_id" TEXT,
    "bucket_id" TEXT NOT NULL,
    "bucket" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "version_id" TEXT NOT NULL,
    "size" BIGINT,
    "mode" TEXT,
    "damage" TEXT NOT NULL,
    "damage_count" INTEGER NOT NULL,
    "found_by" TEXT NOT NULL,
    "first_seen" BIGINT NOT NULL,
    "last_seen" BIGINT NOT NULL,
    "resolved_at" BIGINT,
    "resolution" TEXT
);

CREATE INDEX "integrity_finding_project_id_finding_id_idx" ON "integrity_finding"("project_id", "finding_id");

-- One open finding a version, and what is open of a key. Prisma cannot express
-- partial indexes.
CREATE UNIQUE INDEX "integrity_finding_open" ON "integrity_finding"("object_id") WHERE "resolved_at" IS NULL;
CREATE INDEX "integrity_finding_place" ON "integrity_finding"("bucket", "key") WHERE "resolved_at" IS NULL;

CREATE TABLE "scrub_round" (
    "round_id" INTEGER NOT NULL PRIMARY KEY,
    "started_at" BIGINT NOT NULL,
    "finished_at" BIGINT,
    "first_row" BIGINT NOT NULL,
    "last_row" BIGINT NOT NULL,
    "position" BIGINT NOT NULL
);

CREATE TABLE "scrub_tally" (
    "round_id" INTEGER NOT NULL,
    "project_id" TEXT NOT NULL,
    "objects" BIGINT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "without_key" BIGINT NOT NULL,
    "unchecked" BIGINT NOT NULL,
    "damaged" BIGINT NOT NULL,
    PRIMARY KEY ("round_id", "project_id")
) WITHOUT ROWID;

CREATE TABLE "scrub_key_use" (
    "round_id" INTEGER NOT NULL,
    "project_id" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "uses" BIGINT NOT NULL,
    "refused" BIGINT NOT NULL,
    PRIMARY KEY ("round_id", "project_id", "key_id")
) WITHOUT ROWID;

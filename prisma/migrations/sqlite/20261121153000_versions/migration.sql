-- Versions, delete markers, restores of archived versions, object lock.
ALTER TABLE "bucket" ADD COLUMN "versioning" TEXT;
ALTER TABLE "bucket" ADD COLUMN "object_lock" TEXT;
ALTER TABLE "object_version" ADD COLUMN "sequence" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "object_version" ADD COLUMN "delete_marker" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "object_version" ADD COLUMN "restore_available_at" BIGINT;
ALTER TABLE "object_version" ADD COLUMN "restore_expires_at" BIGINT;
ALTER TABLE "object_version" ADD COLUMN "retention_mode" TEXT;
ALTER TABLE "object_version" ADD COLUMN "retain_until" BIGINT;
ALTER TABLE "object_version" ADD COLUMN "legal_hold" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "multipart_upload" ADD COLUMN "lock" TEXT;

-- What is not current: older versions, and delete markers even where they are the latest of their key. Buckets
-- without versions never write to these.
CREATE INDEX "object_version_noncurrent" ON "object_version"("bucket_id", "key", "sequence" DESC) WHERE "current" = 0;
CREATE UNIQUE INDEX "object_version_noncurrent_id" ON "object_version"("bucket_id", "key", "version_id") WHERE "current" = 0;

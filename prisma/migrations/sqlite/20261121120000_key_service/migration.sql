-- Keys of one's own, policies, grants, the audit log and the count of key uses.

ALTER TABLE "membership" ADD COLUMN "policy" TEXT;
ALTER TABLE "bucket" ADD COLUMN "policy" TEXT;
ALTER TABLE "invitation" ADD COLUMN "project_id" TEXT;
ALTER TABLE "invitation" ADD COLUMN "role" TEXT;
ALTER TABLE "invitation" ADD COLUMN "email" TEXT;

ALTER TABLE "kms_key" ADD COLUMN "provider" TEXT NOT NULL DEFAULT 'embedded';
ALTER TABLE "kms_key" ADD COLUMN "provider_key" TEXT;
ALTER TABLE "kms_key" ADD COLUMN "deletion_at" BIGINT;
ALTER TABLE "kms_key" ADD COLUMN "rotation_days" INTEGER;
ALTER TABLE "kms_key" ADD COLUMN "next_rotation_at" BIGINT;
ALTER TABLE "kms_key" ADD COLUMN "valid_to" BIGINT;
ALTER TABLE "kms_key" ADD COLUMN "policy" TEXT;
ALTER TABLE "kms_key" ADD COLUMN "tags" TEXT NOT NULL DEFAULT '{}';
CREATE INDEX "kms_key_next_rotation_at_idx" ON "kms_key"("next_rotation_at");
CREATE INDEX "kms_key_deletion_at_idx" ON "kms_key"("deletion_at");

ALTER TABLE "key_version" ADD COLUMN "reason" TEXT NOT NULL DEFAULT 'CREATION';
ALTER TABLE "key_alias" ADD COLUMN "created_at" BIGINT NOT NULL DEFAULT 0;

CREATE TABLE "key_grant" (
    "grant_id" TEXT NOT NULL PRIMARY KEY,
    "key_id" TEXT NOT NULL,
    "token_hash" BLOB NOT NULL,
    "name" TEXT,
    "grantee_principal" TEXT NOT NULL,
    "retiring_principal" TEXT,
    "operations" TEXT NOT NULL,
    "constraints" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    CONSTRAINT "key_grant_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "kms_key" ("key_id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "key_grant_token_hash_key" ON "key_grant"("token_hash");
CREATE INDEX "key_grant_key_id_idx" ON "key_grant"("key_id");

CREATE TABLE "audit_event" (
    "sequence" BIGINT NOT NULL PRIMARY KEY,
    "at" BIGINT NOT NULL,
    "project_id" TEXT,
    "user_id" TEXT,
    "access_key_id" TEXT,
    "source_address" TEXT,
    "action" TEXT NOT NULL,
    "key_id" TEXT,
    "key_version" INTEGER,
    "bucket" TEXT,
    "object_key" TEXT,
    "result" TEXT NOT NULL,
    "request_id" TEXT,
    "details" TEXT NOT NULL,
    "previous_hash" BLOB NOT NULL,
    "hash" BLOB NOT NULL
);
CREATE INDEX "audit_event_project_id_sequence_idx" ON "audit_event"("project_id", "sequence");
CREATE INDEX "audit_event_key_id_sequence_idx" ON "audit_event"("key_id", "sequence");

CREATE TABLE "key_use" (
    "key_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "day" INTEGER NOT NULL,
    "action" TEXT NOT NULL,
    "calls" BIGINT NOT NULL,
    "denied" BIGINT NOT NULL,

    PRIMARY KEY ("key_id", "day", "user_id", "action")
);

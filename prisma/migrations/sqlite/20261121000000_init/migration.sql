CREATE TABLE "setting" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "value" BLOB NOT NULL
);

CREATE TABLE "user" (
    "user_id" TEXT NOT NULL PRIMARY KEY,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "is_administrator" BOOLEAN NOT NULL,
    "created_at" BIGINT NOT NULL
);

CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

CREATE TABLE "project" (
    "project_id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "account_number" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL
);

CREATE UNIQUE INDEX "project_account_number_key" ON "project"("account_number");

CREATE TABLE "membership" (
    "project_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    PRIMARY KEY ("project_id", "user_id"),
    CONSTRAINT "membership_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project" ("project_id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "membership_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user" ("user_id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE INDEX "membership_user_id_idx" ON "membership"("user_id");

CREATE TABLE "session" (
    "id_hash" BLOB NOT NULL PRIMARY KEY,
    "user_id" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "expires_at" BIGINT NOT NULL,
    CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user" ("user_id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE INDEX "session_expires_at_idx" ON "session"("expires_at");

CREATE TABLE "invitation" (
    "token_hash" BLOB NOT NULL PRIMARY KEY,
    "purpose" TEXT NOT NULL,
    "expires_at" BIGINT NOT NULL
);

CREATE TABLE "access_key" (
    "access_key_id" TEXT NOT NULL PRIMARY KEY,
    "user_id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "sealed_secret" BLOB NOT NULL,
    "created_at" BIGINT NOT NULL,
    "last_used_at" BIGINT,
    CONSTRAINT "access_key_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user" ("user_id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "access_key_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project" ("project_id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE INDEX "access_key_user_id_project_id_idx" ON "access_key"("user_id", "project_id");

CREATE TABLE "kms_key" (
    "key_id" TEXT NOT NULL PRIMARY KEY,
    "project_id" TEXT NOT NULL,
    "spec" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "is_default" BOOLEAN NOT NULL,
    "description" TEXT NOT NULL,
    "current_version" INTEGER NOT NULL,
    "created_at" BIGINT NOT NULL,
    CONSTRAINT "kms_key_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project" ("project_id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE INDEX "kms_key_project_id_idx" ON "kms_key"("project_id");

CREATE TABLE "key_version" (
    "key_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "wrapped_material" BLOB NOT NULL,
    "check_value" BLOB NOT NULL,
    "created_at" BIGINT NOT NULL,
    PRIMARY KEY ("key_id", "version"),
    CONSTRAINT "key_version_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "kms_key" ("key_id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE TABLE "key_alias" (
    "project_id" TEXT NOT NULL,
    "alias" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    PRIMARY KEY ("project_id", "alias"),
    CONSTRAINT "key_alias_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "kms_key" ("key_id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE INDEX "key_alias_key_id_idx" ON "key_alias"("key_id");

CREATE TABLE "bucket" (
    "bucket_id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "encryption" TEXT,
    "customer_keys_blocked" BOOLEAN NOT NULL,
    CONSTRAINT "bucket_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project" ("project_id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE UNIQUE INDEX "bucket_name_key" ON "bucket"("name");

CREATE INDEX "bucket_project_id_name_idx" ON "bucket"("project_id", "name");

CREATE TABLE "object_version" (
    "object_id" TEXT NOT NULL PRIMARY KEY,
    "bucket_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "version_id" TEXT NOT NULL,
    "current" BOOLEAN NOT NULL,
    "size" BIGINT NOT NULL,
    "etag" TEXT,
    "sealed_etag" BLOB,
    "last_modified" BIGINT NOT NULL,
    "metadata" TEXT NOT NULL,
    "storage_class" TEXT NOT NULL,
    "tags" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "suite" TEXT,
    "chunk_log2" INTEGER,
    "wrapped_data_key" BLOB,
    "encrypted_at" BIGINT,
    "key_id" TEXT,
    "key_version" INTEGER,
    "context" TEXT,
    "bucket_key_enabled" BOOLEAN NOT NULL DEFAULT false,
    "customer_key_salt" BLOB,
    "customer_key_verifier" BLOB,
    "object_mac" BLOB,
    "checksums" BLOB NOT NULL,
    "part_count" INTEGER NOT NULL,
    "multipart" BOOLEAN NOT NULL
);

CREATE INDEX "object_version_key_id_key_version_idx" ON "object_version"("key_id", "key_version");

CREATE TABLE "part" (
    "object_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    "size" BIGINT NOT NULL,
    "blob_id" TEXT NOT NULL,
    "salt" BLOB NOT NULL,
    "commitment" BLOB NOT NULL,
    "etag" TEXT,
    "sealed_etag" BLOB,
    "checksums" BLOB NOT NULL,
    "mac" BLOB NOT NULL,
    "uploaded_at" BIGINT NOT NULL,
    PRIMARY KEY ("object_id", "number")
) WITHOUT ROWID;

CREATE INDEX "part_object_id_offset_idx" ON "part"("object_id", "offset");

CREATE INDEX "part_blob_id_idx" ON "part"("blob_id");

CREATE TABLE "multipart_upload" (
    "upload_id" TEXT NOT NULL PRIMARY KEY,
    "object_id" TEXT NOT NULL,
    "bucket_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "initiated_at" BIGINT NOT NULL,
    "initiator" TEXT NOT NULL,
    "metadata" TEXT NOT NULL,
    "storage_class" TEXT NOT NULL,
    "tags" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "suite" TEXT,
    "chunk_log2" INTEGER,
    "wrapped_data_key" BLOB,
    "encrypted_at" BIGINT,
    "key_id" TEXT,
    "key_version" INTEGER,
    "context" TEXT,
    "bucket_key_enabled" BOOLEAN NOT NULL DEFAULT false,
    "customer_key_salt" BLOB,
    "customer_key_verifier" BLOB,
    "checksum_algorithm" TEXT,
    "checksum_type" TEXT,
    "sealed_finishing_keys" BLOB,
    CONSTRAINT "multipart_upload_bucket_id_fkey" FOREIGN KEY ("bucket_id") REFERENCES "bucket" ("bucket_id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE UNIQUE INDEX "multipart_upload_object_id_key" ON "multipart_upload"("object_id");

CREATE INDEX "multipart_upload_bucket_id_key_upload_id_idx" ON "multipart_upload"("bucket_id", "key", "upload_id");

CREATE TABLE "usage" (
    "bucket_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "suite" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "objects" BIGINT NOT NULL,
    "bytes" BIGINT NOT NULL,
    PRIMARY KEY ("bucket_id", "mode", "suite", "key_id")
) WITHOUT ROWID;

CREATE TABLE "garbage" (
    "blob_id" TEXT NOT NULL PRIMARY KEY,
    "not_before" BIGINT NOT NULL
);

CREATE INDEX "garbage_not_before_idx" ON "garbage"("not_before");

-- One current version a key; listing and look-up walk this index. Prisma cannot express a partial index.
CREATE UNIQUE INDEX "object_version_current" ON "object_version"("bucket_id", "key") WHERE "current" = 1;

-- A project has one default key, whatever crashes while it is made.
CREATE UNIQUE INDEX "kms_key_default" ON "kms_key"("project_id") WHERE "is_default" = 1;

-- The COS_QCSRole step: since when the object store may use the key service for a project at the bidding of COS clients
-- (lib/accounts/kms-authorization.ts). Projects that are there worked with their keys already: they stay as they were.

ALTER TABLE "project" ADD COLUMN "kms_authorized_at" BIGINT;
UPDATE "project" SET "kms_authorized_at" = "created_at";

-- Canned ACLs. A bucket without one is private, an object version without one has its bucket's.
ALTER TABLE "bucket" ADD COLUMN "acl" TEXT;
ALTER TABLE "object_version" ADD COLUMN "acl" TEXT;
ALTER TABLE "multipart_upload" ADD COLUMN "acl" TEXT;

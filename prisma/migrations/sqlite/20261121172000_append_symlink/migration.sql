-- Objects that grow (AppendObject), and symbolic links: the target, sealed under the root.
ALTER TABLE "object_version" ADD COLUMN "appendable" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "object_version" ADD COLUMN "symlink" BLOB;

-- An owner's word that objects may be lost with their key, and rotation by period for default keys made before it.

ALTER TABLE "kms_key" ADD COLUMN "destroy_dependents" BOOLEAN NOT NULL DEFAULT false;

UPDATE "kms_key" SET "rotation_days" = 365, "next_rotation_at" = "created_at" + 365 * 86400000
WHERE "is_default" = 1 AND "rotation_days" IS NULL;

-- Ciphertext of small objects lies in the row itself: one sync instead of three.
ALTER TABLE "part" ADD COLUMN "inline" BLOB;

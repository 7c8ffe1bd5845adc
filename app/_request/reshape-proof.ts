import type * as json from '@/lib/console/schemas-proof'
import type { IntegrityState, RoundOfProject } from '@/lib/proof/integrity-reading'
import type { Finding } from '@/lib/proof/integrity-repository'
import type { CiphertextSample, VerifiedObject } from '@/lib/store/verdict'
import { encryptionJson } from './reshape'

/** Proofs as the console's JSON (lib/console/schemas-proof.ts), field by field: nothing slips out unseen. */
export function proofJson(
  verified: VerifiedObject,
  signed: Pick<json.Proof, 'receipt' | 'fingerprint'>,
): json.Proof {
  const { proven, steps, damage, damageCount, keyWithheld, encryption, sample } = verified
  const { blobs, storedBytes, chunks, checkedAt, tookMs } = verified
  return {
    proven,
    steps,
    damage,
    damageCount,
    ...(keyWithheld !== undefined && { keyWithheld }),
    ...(encryption && { encryption: encryptionJson(encryption) }),
    blobs,
    storedBytes,
    chunks,
    ...(sample && { sample: sampleJson(sample) }),
    checkedAt,
    tookMs,
    ...signed,
  }
}

function sampleJson({ part, offset, bytes, bitsPerByte, over, searched, found }: CiphertextSample) {
  return { part, offset, hex: bytes.toString('hex'), bitsPerByte, over, searched, found }
}

export function findingJson(finding: Finding): json.Finding {
  const { findingId, bucket, key, versionId, size, projectId, damage, damageCount } = finding
  const { foundBy, firstSeen, lastSeen, resolvedAt, resolution } = finding
  return {
    findingId,
    bucket,
    key,
    versionId,
    ...(size !== undefined && { size }),
    homeless: projectId === undefined,
    damage,
    damageCount,
    foundBy,
    firstSeen,
    lastSeen,
    ...(resolvedAt !== undefined && { resolvedAt }),
    ...(resolution && { resolution }),
  }
}

export function integrityJson(state: IntegrityState): json.IntegrityState {
  const { periodDays, running, last, nextAt, openFindings, mayStart } = state
  return {
    periodDays,
    ...(running && { running: roundJson(running) }),
    ...(last && { last: roundJson(last) }),
    ...(nextAt !== undefined && { nextAt }),
    openFindings,
    mayStart,
  }
}

function roundJson({ startedAt, finishedAt, fraction, tally }: RoundOfProject): json.ScrubRound {
  const { objects, bytes, withoutKey, damaged } = tally
  return {
    startedAt,
    ...(finishedAt !== undefined && { finishedAt }),
    fraction,
    objects,
    bytes,
    withoutKey,
    damaged,
  }
}

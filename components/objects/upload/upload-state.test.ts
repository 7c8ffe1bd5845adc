import { expect, test } from 'vitest'
import { percent, phaseOf, totalsOf } from './upload-state.ts'

type Queued = Parameters<typeof phaseOf>[0]
const started = 1_790_000_000_000

function file(size: number, progress: object, error?: string): Queued {
  return {
    meta: { key: 'a' },
    size,
    error,
    progress: { bytesTotal: size, uploadStarted: null, bytesUploaded: false, ...progress },
  } as Queued
}

const waiting = file(100, {})
const sending = file(100, { uploadStarted: started, bytesUploaded: 40 })
const storing = file(100, { uploadStarted: started, bytesUploaded: 100 })
const done = file(100, { uploadStarted: started, bytesUploaded: 100, uploadComplete: true })
const failed = file(100, { uploadStarted: started, bytesUploaded: 60 }, 'StorageFull')

test('a file is done only when the server said so, not when its bytes were sent', () => {
  expect([waiting, sending, storing, done, failed].map(phaseOf)).toEqual([
    'waiting',
    'sending',
    'storing',
    'done',
    'failed',
  ])
})

test('totals count bytes of files under way, and end when each file is done or failed', () => {
  const totals = totalsOf([waiting, sending, storing, done, failed], true)
  expect(totals).toEqual({
    files: 5,
    bytes: 500,
    sentBytes: 300,
    done: 1,
    stored: 1,
    failed: 1,
    running: true,
  })
  expect(percent(totals)).toBe(60)
  expect(totalsOf([done, failed], true).running).toBe(false)
  expect(totalsOf([waiting], false).running).toBe(false)
})

test('a name that was sent twice is stored once', () => {
  const other = { ...done, meta: { ...done.meta, key: 'b' } }
  expect(totalsOf([done, done, other], true)).toMatchObject({ done: 3, stored: 2 })
})

test('empty files count by their number', () => {
  const empty = file(0, { uploadStarted: started, bytesUploaded: 0, uploadComplete: true })
  expect(percent(totalsOf([empty, file(0, {})], true))).toBe(50)
  expect(percent(totalsOf([], true))).toBe(0)
})

'use client'
import { useFormatter, useTranslations } from 'next-intl'
import { useKeyName } from '@/components/encryption/encryption-badge'
import { SUITE_NAMES } from '@/components/encryption/suites'
import { useBytes } from '@/components/shell/use-bytes'
import type { JobFilter, JobSelection, ShownSelection } from '@/lib/console/schemas-jobs'

export interface SelectionWords {
  /** what in one line: a bucket, a folder, some files, everything under a key */
  title: string
  /** what narrows it, or the first names */
  details: string[]
  /** of buckets that keep versions: which ones, where that is not what one expects */
  versions?: string | undefined
}

type Selection = JobSelection | ShownSelection

/** Which objects a job is about, in words. */
export function useSelectionWords(): (selection: Selection) => SelectionWords {
  const t = useTranslations('jobs.selection')
  const keyName = useKeyName()
  const filterWords = useFilterWords()
  const olderToo = ({ versions }: { versions?: 'current' | 'all' | undefined }) =>
    versions === 'all' ? t('olderToo') : undefined
  return (selection) => {
    switch (selection.kind) {
      case 'keys': {
        const { bucket, keys, prefixes = [] } = selection
        const files = 'count' in selection ? selection.count : keys.length
        const folders = prefixes.length
        const title = t(files === 0 ? 'folders' : folders === 0 ? 'files' : 'both', {
          files,
          folders,
          bucket,
        })
        return { title, details: [...prefixes, ...keys], versions: olderToo(selection) }
      }
      case 'filter': {
        const { bucket, prefix, kind: _, versions: __, ...rest } = selection
        const details = filterWords(rest)
        const versions = olderToo(selection)
        const place = prefix ? `${bucket}/${prefix}` : bucket
        if (details.length > 0) return { title: t('part', { place }), details, versions }
        return { title: prefix ? t('prefix', { place }) : t('bucket', { bucket }), details, versions }
      }
      case 'key': {
        const key = keyName(selection.keyId)
        const versions = selection.versions === 'current' ? t('currentOnly') : undefined
        return {
          title: t(selection.olderVersionsOnly ? 'olderVersions' : 'key', { key }),
          details: [],
          versions,
        }
      }
      case 'undo':
        return { title: t('undo'), details: [] }
    }
  }
}

/** What a filter narrows, one phrase a condition. The prefix is said apart: it names a place. */
export function useFilterWords(): (filter: Omit<JobFilter, 'prefix'>) => string[] {
  const t = useTranslations('jobs.filter')
  const modes = useTranslations('jobs.modes')
  const format = useFormatter()
  const bytes = useBytes()
  const keyName = useKeyName()
  const list = (words: string[]) => format.list(words, { type: 'disjunction' })
  const day = (at: number) => format.dateTime(at, { dateStyle: 'medium', timeStyle: 'short' })
  return (filter) =>
    [
      filter.modes && list(filter.modes.map((mode) => modes(mode))),
      filter.suites && list(filter.suites.map((suite) => SUITE_NAMES[suite])),
      filter.keyId && t('key', { key: keyName(filter.keyId) }),
      filter.keyVersionBelow && t('versionBelow', { version: filter.keyVersionBelow }),
      filter.minSize !== undefined && t('minSize', { size: bytes(filter.minSize) }),
      filter.maxSize !== undefined && t('maxSize', { size: bytes(filter.maxSize) }),
      filter.modifiedFrom !== undefined && t('modifiedFrom', { at: day(filter.modifiedFrom) }),
      filter.modifiedTo !== undefined && t('modifiedTo', { at: day(filter.modifiedTo) }),
      filter.tag &&
        t('tag', {
          tag: filter.tag.value === undefined ? filter.tag.key : `${filter.tag.key} = ${filter.tag.value}`,
        }),
      filter.versions === 'all' && t('allVersions'),
    ].filter((words): words is string => Boolean(words))
}

'use client'
import { Pencil, Plus, Tags, X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Button } from '@/components/ui/button'
import { SectionCard } from '@/components/ui/card'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Input } from '@/components/ui/field'
import { Mono, Property, PropertyList } from '@/components/ui/property-list'
import { isEditable } from '@/lib/console/key-actions'
import { MOST_TAGS, putTagsSchema, type KeyDetail, type KeyTag } from '@/lib/console/schemas-keys'
import { useKeyMutation } from './use-key-mutation'
import { useMay } from './use-refusal'

/** Tags tell a key's cost centre or purpose; policies may ask for them. */
export function TagsCard({ of: key, tags }: { of: KeyDetail; tags: KeyTag[] }) {
  const t = useTranslations()
  const [editing, setEditing] = useState(false)
  const refusal = useMay(key.keyId)('kms:TagResource')
  return (
    <SectionCard
      id="key-tags"
      title={t('keys.tags.title')}
      icon={<Tags aria-hidden />}
      actions={
        isEditable(key) &&
        !refusal && (
          <Button size="sm" onClick={() => setEditing(true)}>
            <Pencil aria-hidden />
            {t('keys.tags.edit')}
          </Button>
        )
      }
    >
      {tags.length === 0 ? (
        <p className="text-muted text-sm">{t('keys.tags.none')}</p>
      ) : (
        <PropertyList>
          {tags.map((tag) => (
            <Property key={tag.key} label={<Mono>{tag.key}</Mono>}>
              <Mono>{tag.value}</Mono>
            </Property>
          ))}
        </PropertyList>
      )}
      <Dialog
        open={editing}
        onOpenChange={setEditing}
        title={t('keys.tags.edit')}
        description={t('keys.tags.text')}
        closeLabel={t('common.close')}
      >
        {editing && <TagsForm of={key} tags={tags} onClose={() => setEditing(false)} />}
      </Dialog>
    </SectionCard>
  )
}

function TagsForm({ of: key, tags, onClose }: { of: KeyDetail; tags: KeyTag[]; onClose: () => void }) {
  const t = useTranslations()
  const [rows, setRows] = useState(() => (tags.length > 0 ? tags : [{ key: '', value: '' }]))
  const filled = rows.filter((row) => row.key !== '' || row.value !== '')
  const wrong = !putTagsSchema.safeParse({ tags: filled }).success
  const save = useKeyMutation(key.keyId, (client) => client.putTags(key.keyId, filled), {
    done: t('keys.tags.saved'),
    onDone: onClose,
  })
  const change = (index: number, part: Partial<KeyTag>) =>
    setRows(rows.map((row, at) => (at === index ? { ...row, ...part } : row)))
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault()
        if (!wrong) save.mutate()
      }}
    >
      <DialogBody className="flex flex-col gap-3">
        {save.isError && <ErrorNotice error={save.error} />}
        {rows.map((row, index) => (
          <div key={index} className="flex items-center gap-2">
            <Input
              aria-label={t('keys.tags.key', { number: index + 1 })}
              placeholder={t('keys.tags.keyPlaceholder')}
              maxLength={128}
              value={row.key}
              onChange={(event) => change(index, { key: event.target.value })}
            />
            <Input
              aria-label={t('keys.tags.value', { number: index + 1 })}
              placeholder={t('keys.tags.valuePlaceholder')}
              maxLength={256}
              value={row.value}
              onChange={(event) => change(index, { value: event.target.value })}
            />
            <Button
              variant="quiet"
              size="icon"
              aria-label={t('keys.tags.remove', { number: index + 1 })}
              onClick={() => setRows(rows.filter((_, at) => at !== index))}
            >
              <X aria-hidden />
            </Button>
          </div>
        ))}
        <div>
          <Button
            size="sm"
            disabled={rows.length >= MOST_TAGS}
            onClick={() => setRows([...rows, { key: '', value: '' }])}
          >
            <Plus aria-hidden />
            {t('keys.tags.add')}
          </Button>
        </div>
        {wrong && <p className="text-danger-ink text-xs">{t('keys.tags.wrong')}</p>}
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" disabled={wrong} busy={save.isPending}>
          {t('common.save')}
        </Button>
      </DialogFooter>
    </form>
  )
}

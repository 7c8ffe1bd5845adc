'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useProject } from '@/components/shell/me'
import { toast } from '@/components/ui/toaster'
import { changeObjectAccess, objectAccessQuery } from '@/lib/console/queries/acl'
import { objectAclSchema, type ObjectAcl } from '@/lib/console/schemas-acl'
import { AccessCard } from './access-card'

/** Everybody's writing is the bucket's to say (lib/store/canned-acl.ts). */
const OF_OBJECTS = objectAclSchema.options.filter((acl) => acl !== 'public-read-write')

/** Who may read a file without signing in. */
export function ObjectAccessCard({ bucket, objectKey }: { bucket: string; objectKey: string }) {
  const t = useTranslations('access')
  const { projectId } = useProject()
  const queryClient = useQueryClient()
  const query = objectAccessQuery(projectId, bucket, objectKey)
  const { data } = useQuery(query)
  const save = useMutation({
    mutationFn: (acl: ObjectAcl) => changeObjectAccess(projectId, bucket, objectKey, acl),
    onSuccess: (changed) => {
      queryClient.setQueryData(query.queryKey, changed)
      toast.success(t('saved'))
    },
  })
  if (!data) return null
  const { acl, effective, publicPolicy, blocked } = data
  return (
    <AccessCard
      // begins anew with what is now
      key={`${acl} ${effective}`}
      of="object"
      acl={acl}
      effective={effective}
      publicPolicy={publicPolicy}
      blocked={blocked}
      options={acl === 'public-read-write' ? objectAclSchema.options : OF_OBJECTS}
      onSave={(next) => save.mutate(next)}
      saving={save.isPending}
      error={save.error}
    />
  )
}

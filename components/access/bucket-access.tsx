'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useProject } from '@/components/shell/me'
import { toast } from '@/components/ui/toaster'
import { bucketAccessQuery, changeBucketAccess } from '@/lib/console/queries/acl'
import { cannedAclSchema, isPublic, type CannedAcl } from '@/lib/console/schemas-acl'
import { AccessBadge, AccessCard } from './access-card'

/** Who may read a bucket without signing in. */
export function BucketAccessCard({ bucket }: { bucket: string }) {
  const t = useTranslations('access')
  const { projectId } = useProject()
  const queryClient = useQueryClient()
  const query = bucketAccessQuery(projectId, bucket)
  const { data } = useQuery(query)
  const save = useMutation({
    mutationFn: (acl: CannedAcl) => changeBucketAccess(projectId, bucket, acl),
    onSuccess: (changed) => {
      queryClient.setQueryData(query.queryKey, changed)
      // files that have their bucket's
      void queryClient.invalidateQueries({ queryKey: [projectId, 'object', bucket] })
      toast.success(t('saved'))
    },
  })
  if (!data) return null
  const { acl, publicPolicy, blocked } = data
  return (
    <AccessCard
      // begins anew with what is now
      key={acl}
      of="bucket"
      acl={acl}
      effective={acl}
      publicPolicy={publicPolicy}
      blocked={blocked}
      options={cannedAclSchema.options}
      onSave={(next) => save.mutate(next)}
      saving={save.isPending}
      error={save.error}
    />
  )
}

/** Beside the bucket's name, where it is public; nothing otherwise. */
export function PublicBucketBadge({ bucket }: { bucket: string }) {
  const { projectId } = useProject()
  const { data } = useQuery(bucketAccessQuery(projectId, bucket))
  return data && isPublic(data) ? <AccessBadge {...data} /> : null
}

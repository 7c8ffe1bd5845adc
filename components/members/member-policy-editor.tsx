'use client'
import { Field as BaseField } from '@base-ui/react/field'
import { CircleAlert, CircleCheck, FileJson2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '@/components/ui/button'
import { cx } from '@/components/ui/cx'
import { inputClass } from '@/components/ui/field'
import { Menu, MenuItem } from '@/components/ui/menu'
import { MEMBER_POLICY_BYTES, type MemberPolicyProblem } from '@/lib/console/member-policy-check'
import { POLICY_EXAMPLES, type PolicyExample } from '@/lib/console/member-policy-examples'

export interface MemberPolicyEditorProps {
  text: string
  onChange: (text: string) => void
  problems: MemberPolicyProblem[]
  readOnly: boolean
}

/** JSON to type or paste; below it, at a fixed height, what is wrong with it so far. */
export function MemberPolicyEditor({ text, onChange, problems, readOnly }: MemberPolicyEditorProps) {
  const t = useTranslations('members.policy')
  return (
    <BaseField.Root invalid={problems.length > 0} className="flex flex-col gap-1.5">
      <div className="flex min-h-7 items-center justify-between gap-2">
        <BaseField.Label className="text-sm font-medium">{t('label')}</BaseField.Label>
        {!readOnly && <Examples onChoose={onChange} />}
      </div>
      <BaseField.Control
        render={<textarea rows={14} />}
        readOnly={readOnly}
        value={text}
        onChange={(event) => onChange(event.target.value)}
        spellCheck={false}
        autoComplete="off"
        className={cx(inputClass, 'h-auto! resize-y py-2 font-mono text-xs/5!')}
      />
      {!readOnly && <Verdict text={text} problems={problems} />}
      <BaseField.Description className="text-muted text-xs">
        {t('hint', { count: MEMBER_POLICY_BYTES })}
      </BaseField.Description>
    </BaseField.Root>
  )
}

function Examples({ onChoose }: { onChoose: (text: string) => void }) {
  const t = useTranslations('members.policy')
  return (
    <Menu
      trigger={
        <Button size="sm" variant="quiet">
          <FileJson2 aria-hidden />
          {t('example')}
        </Button>
      }
    >
      {(Object.keys(POLICY_EXAMPLES) as PolicyExample[]).map((name) => (
        <MenuItem key={name} onClick={() => onChoose(POLICY_EXAMPLES[name])}>
          {t(`examples.${name}`)}
        </MenuItem>
      ))}
    </Menu>
  )
}

function Verdict({ text, problems }: { text: string; problems: MemberPolicyProblem[] }) {
  const t = useTranslations('members.policy')
  const first = problems[0]
  const good = !first && text.trim() !== ''
  return (
    <p role="status" className="flex min-h-4 items-start gap-1.5 text-xs">
      {first && (
        <span className="text-danger-ink flex items-start gap-1.5">
          <CircleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
          {t(`problems.${first.kind}`, {
            line: 0,
            column: 0,
            statement: 0,
            count: MEMBER_POLICY_BYTES,
            ...first,
          })}
        </span>
      )}
      {good && (
        <span className="text-accent-ink flex items-start gap-1.5">
          <CircleCheck aria-hidden className="mt-px size-3.5 shrink-0" />
          {t('ok')}
        </span>
      )}
    </p>
  )
}

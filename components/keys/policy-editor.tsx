'use client'
import { ListPlus } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useDeferredValue, useId, useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Button } from '@/components/ui/button'
import { cx } from '@/components/ui/cx'
import { inputClass } from '@/components/ui/field'
import { Menu, MenuItem } from '@/components/ui/menu'
import { Notice } from '@/components/ui/notice'
import { ApiError } from '@/lib/console/client'
import { checkKeyPolicy, type PolicyProblem } from '@/lib/console/key-policy-check'
import { KEY_POLICY_LENGTH, type KeyDetail } from '@/lib/console/schemas-keys'
import { EXAMPLES, withStatement } from './policy-examples'
import { useKeyMutation } from './use-key-mutation'

/** The policy as text, checked while it is typed; the service checks it again and refuses to lock the writer out. */
export function PolicyEditor({
  of: key,
  initial,
  onClose,
}: {
  of: KeyDetail
  initial: string
  onClose: () => void
}) {
  const t = useTranslations()
  const id = useId()
  const [text, setText] = useState(initial)
  const { problems, warnings } = checkKeyPolicy(useDeferredValue(text), KEY_POLICY_LENGTH)
  const problemText = useProblemText()
  const save = useKeyMutation(
    key.keyId,
    (client, policy: string) => client.putPolicy(key.keyId, { policy }),
    {
      done: t('keys.policy.saved'),
      onDone: onClose,
    },
  )
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (problems.length === 0) save.mutate(text)
      }}
    >
      {save.isError && <SaveError error={save.error} />}
      <textarea
        autoFocus
        aria-label={t('keys.policy.title')}
        aria-describedby={id}
        aria-invalid={problems.length > 0}
        spellCheck={false}
        autoCapitalize="none"
        value={text}
        onChange={(event) => setText(event.target.value)}
        rows={Math.min(28, Math.max(14, text.split('\n').length + 1))}
        className={cx(inputClass, 'h-auto! resize-y py-2.5 font-mono text-xs/5! whitespace-pre')}
      />
      <div id={id} role="status" className="flex flex-col gap-2">
        {problems.length > 0 && (
          <Notice tone="danger" title={t('keys.policy.problems', { count: problems.length })}>
            <ul>
              {problems.slice(0, 5).map((problem, index) => (
                <li key={index}>{problemText(problem)}</li>
              ))}
            </ul>
          </Notice>
        )}
        {warnings.map((warning) => (
          <Notice key={warning} tone="warning" title={t(`keys.policy.warnings.${warning}.title`)}>
            {t(`keys.policy.warnings.${warning}.text`)}
          </Notice>
        ))}
      </div>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" disabled={problems.length > 0} busy={save.isPending}>
          {t('common.save')}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Menu
          align="start"
          trigger={
            <Button variant="quiet" disabled={problems.length > 0} className="ml-auto">
              <ListPlus aria-hidden />
              {t('keys.policy.insert')}
            </Button>
          }
        >
          {EXAMPLES.map((example) => (
            <MenuItem key={example} onClick={() => setText(withStatement(text, example, key))}>
              <span className="max-w-72">
                <span className="block">{t(`keys.policy.examples.${example}.name`)}</span>
                <span className="text-muted block text-xs">{t(`keys.policy.examples.${example}.text`)}</span>
              </span>
            </MenuItem>
          ))}
        </Menu>
      </div>
      <p className="text-muted text-xs">{t('keys.policy.atOnce')}</p>
    </form>
  )
}

/** What only the service found: it says where. */
function SaveError({ error }: { error: Error }) {
  const t = useTranslations('keys.policy')
  if (error instanceof ApiError && error.code === 'MalformedPolicy') {
    if (error.facts.lockout === true)
      return (
        <Notice tone="danger" live title={t('warnings.lockout.title')}>
          {t('lockedOut')}
        </Notice>
      )
    if (typeof error.facts.where === 'string')
      return (
        <Notice tone="danger" live title={t('refused')}>
          {t('refusedAt', { where: error.facts.where })}
        </Notice>
      )
  }
  return <ErrorNotice error={error} />
}

function useProblemText(): (problem: PolicyProblem) => string {
  const t = useTranslations('keys.policy.problem')
  return (problem) => {
    const { kind } = problem
    switch (kind) {
      case 'syntax':
        return t(kind, { line: problem.line, column: problem.column })
      case 'unknownElement':
        return t(kind, { statement: problem.statement, element: problem.element })
      case 'actionService':
        return t(kind, { statement: problem.statement, action: problem.action })
      case 'effect':
      case 'principal':
      case 'action':
      case 'resource':
        return t(kind, { statement: problem.statement })
      default:
        return t(kind)
    }
  }
}

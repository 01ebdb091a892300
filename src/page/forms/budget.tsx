/** The most that one member may use in a period. */
import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useAct } from '../core/act.js';
import { creditsTyped } from '../core/amounts.js';
import { offersPools, usePage } from '../core/data.js';
import { usePlace } from '../core/place.js';
import { OwnerOnly } from '../parts/card.js';
import { STRINGS } from '../strings.js';
import { FormEnd, FormTrouble } from './parts.js';

export default function BudgetForm({ member }: { readonly member: string }) {
  const { overview } = usePage();
  const { limits, viewer } = overview;
  if (viewer.may.set_pools !== true) return <OwnerOnly what={STRINGS.pools.addBudget} />;
  const isThere = limits.pools.length > 0 || limits.budgets.length > 0;
  return isThere || offersPools(overview) ? <Setting member={member} /> : <p>{STRINGS.pools.notOffered}</p>;
}

function Setting({ member }: { readonly member: string }) {
  const { overview } = usePage();
  const { close } = usePlace();
  const budget = overview.limits.budgets.find((one) => one.member === member);
  const form = useForm({
    initialValues: { member, credits: budget?.credits ?? '' },
    validate: {
      member: (text) => (text.trim() === '' ? STRINGS.pools.memberMissing : null),
      credits: (text) => (creditsTyped(text) === null ? STRINGS.buy.unreadable : null),
    },
  });
  const set = useAct('setBudget', { done: () => STRINGS.saved, onDone: close, tellTrouble: false });
  const save = form.onSubmit((one) =>
    set.act({ params: { member: one.member.trim() }, body: { credits: creditsTyped(one.credits) } }),
  );
  return (
    <form className="stack" onSubmit={save} noValidate>
      <TextInput
        label={STRINGS.pools.member}
        description={STRINGS.pools.memberHint}
        maxLength={200}
        readOnly={budget !== undefined}
        data-autofocus={budget === undefined || undefined}
        {...form.getInputProps('member')}
      />
      <TextInput
        label={STRINGS.pools.credits(overview.words.credit.many)}
        data-autofocus={budget !== undefined || undefined}
        inputMode="decimal"
        autoComplete="off"
        maxLength={14}
        {...form.getInputProps('credits')}
      />
      <FormTrouble error={set.error} />
      <div className="row apart">
        {budget === undefined ? (
          <span />
        ) : (
          <Button
            variant="subtle"
            disabled={set.pending}
            onClick={() => set.act({ params: { member }, body: { credits: null } })}
          >
            {STRINGS.pools.removeBudget}
          </Button>
        )}
        <FormEnd label={STRINGS.save} pending={set.pending} />
      </div>
    </form>
  );
}

/** Setting credits of each period aside for some members. */
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useAct } from '../core/act.js';
import { creditsTyped } from '../core/amounts.js';
import { type Overview, offersPools, usePage } from '../core/data.js';
import { usePlace } from '../core/place.js';
import { OwnerOnly } from '../parts/card.js';
import { STRINGS } from '../strings.js';
import { FormEnd, FormTrouble } from './parts.js';

const idsIn = (text: string): string[] =>
  [...new Set(text.split(/[\n,]/).map((one) => one.trim()))].filter((one) => one !== '');

/** A new pool's key, from what people call it; one that is taken would change the pool that has it. */
export function keyFrom(label: string, taken: readonly string[]): string {
  const plain = label
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  const key = plain === '' ? 'pool' : plain;
  for (let count = 1; ; count += 1) {
    const tried = count === 1 ? key : `${key}-${count}`;
    if (!taken.includes(tried)) return tried;
  }
}

export default function PoolForm({ pool: key }: { readonly pool: string }) {
  const { overview } = usePage();
  if (overview.viewer.may.set_pools !== true) return <OwnerOnly what={STRINGS.pools.add} />;
  const isThere = overview.limits.pools.some((one) => one.pool === key);
  // What an earlier plan allowed can still be changed and removed.
  return isThere || offersPools(overview) ? <Setting poolKey={key} /> : <p>{STRINGS.pools.notOffered}</p>;
}

type Pool = Overview['limits']['pools'][number];

const usePoolForm = (pool: Pool | undefined) =>
  useForm({
    initialValues: {
      label: pool?.label ?? '',
      credits: pool?.credits ?? '',
      // Everybody who may use it is listed as a member; here the two kinds stand apart.
      members: (pool?.members ?? []).filter((one) => pool?.unconfined.includes(one) !== true).join('\n'),
      unconfined: (pool?.unconfined ?? []).join('\n'),
      whenUsed: pool?.whenUsed ?? 'stop',
    },
    validate: {
      label: (text) => (text.trim() === '' ? STRINGS.pools.nameMissing : null),
      credits: (text) => (creditsTyped(text) === null ? STRINGS.buy.unreadable : null),
    },
  });

function Fields({ form }: { readonly form: ReturnType<typeof usePoolForm> }) {
  const { words } = usePage().overview;
  return (
    <>
      <TextInput data-autofocus label={STRINGS.pools.name} maxLength={80} {...form.getInputProps('label')} />
      <TextInput
        label={STRINGS.pools.credits(words.credit.many)}
        inputMode="decimal"
        autoComplete="off"
        maxLength={14}
        {...form.getInputProps('credits')}
      />
      <Textarea
        label={STRINGS.pools.members}
        description={STRINGS.pools.membersHint}
        rows={3}
        {...form.getInputProps('members')}
      />
      <Textarea
        label={STRINGS.pools.unconfined}
        description={STRINGS.pools.membersHint}
        rows={2}
        {...form.getInputProps('unconfined')}
      />
      <NativeSelect
        label={STRINGS.pools.whenUsedLabel}
        data={[
          { value: 'stop', label: STRINGS.pools.whenUsed.stop },
          { value: 'use_rest', label: STRINGS.pools.whenUsed.use_rest },
        ]}
        {...form.getInputProps('whenUsed')}
      />
    </>
  );
}

function Setting({ poolKey }: { readonly poolKey: string }) {
  const { overview } = usePage();
  const { close } = usePlace();
  const pool = overview.limits.pools.find((one) => one.pool === poolKey);
  const form = usePoolForm(pool);
  const options = { done: () => STRINGS.saved, onDone: close, tellTrouble: false } as const;
  const set = useAct('setPool', options);
  const remove = useAct('removePool', options);
  const save = form.onSubmit(({ label, credits, members, unconfined, whenUsed }) => {
    const confined = idsIn(members);
    const taken = overview.limits.pools.map((one) => one.pool);
    set.act({
      params: { pool: pool?.pool ?? keyFrom(label, taken) },
      body: {
        label: label.trim(),
        credits: creditsTyped(credits) ?? '0',
        members: confined,
        unconfined: idsIn(unconfined).filter((one) => !confined.includes(one)),
        whenUsed,
      },
    });
  });
  return (
    <form className="stack" onSubmit={save} noValidate>
      <Fields form={form} />
      <FormTrouble error={set.error ?? remove.error} />
      <div className="row apart">
        {pool === undefined ? (
          <span />
        ) : (
          <Button variant="subtle" loading={remove.pending} onClick={() => remove.act({ params: { pool: pool.pool } })}>
            {STRINGS.pools.remove}
          </Button>
        )}
        <FormEnd label={STRINGS.save} pending={set.pending} disabled={remove.pending} />
      </div>
    </form>
  );
}

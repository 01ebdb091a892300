/** The form that is open over the view, as the address says. Each is loaded when it is first opened. */
import { Modal } from '@mantine/core';
import { lazy, Suspense, useEffect } from 'react';
import { usePage } from '../core/data.js';
import { usePlace } from '../core/place.js';
import { Lines } from '../parts/wait.js';
import { STRINGS } from '../strings.js';

const BuyForm = lazy(() => import('../forms/buy.js'));
const TopOffForm = lazy(() => import('../forms/top-off.js'));
const OverageForm = lazy(() => import('../forms/overage.js'));
const CardForm = lazy(() => import('../forms/card.js'));
const PlanForm = lazy(() => import('../forms/plan.js'));
const PoolForm = lazy(() => import('../forms/pool.js'));
const BudgetForm = lazy(() => import('../forms/budget.js'));

export function Forms() {
  const { form, close } = usePlace();
  const { words } = usePage().overview;
  const [kind = '', ...rest] = (form ?? '').split(':');
  const about = rest.join(':');
  const titles: Readonly<Record<string, string>> = {
    buy: words.buyCredits,
    'top-off': words.topOff,
    overage: words.payAsYouGo,
    card: STRINGS.cards.add,
    plan: STRINGS.plans.change,
    cancel: STRINGS.plans.cancel,
    pool: about === '' ? STRINGS.pools.add : STRINGS.pools.change,
    budget: STRINGS.pools.budgetTitle,
  };
  const title = titles[kind];
  return (
    <Modal
      opened={title !== undefined}
      onClose={close}
      title={title}
      classNames={{ title: 'strong', body: 'form-body' }}
      // Its head is a header in name alone: the page has one already, and a reader's list of landmarks would have two.
      attributes={{ header: { role: 'none' } }}
      closeButtonProps={{ 'aria-label': STRINGS.close }}
    >
      <Suspense fallback={<Lines />}>
        {title === undefined ? null : (
          <>
            <Shown kind={kind} about={about} />
            <First />
          </>
        )}
      </Suspense>
    </Modal>
  );
}

/** Into the form's first field, also where the form came later than the frame it stands in. */
function First() {
  useEffect(() => {
    document.querySelector<HTMLElement>('[role=dialog] [data-autofocus]')?.focus();
  }, []);
  return null;
}

function Shown({ kind, about }: { readonly kind: string; readonly about: string }) {
  switch (kind) {
    case 'buy':
      return <BuyForm />;
    case 'top-off':
      return <TopOffForm />;
    case 'overage':
      return <OverageForm />;
    case 'card':
      return <CardForm />;
    case 'plan':
    case 'cancel':
      return <PlanForm plan={about} isCancel={kind === 'cancel'} />;
    case 'pool':
      return <PoolForm pool={about} />;
    default:
      return <BudgetForm member={about} />;
  }
}

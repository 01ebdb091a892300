/** What stands around every view: whose page it is, where one is, and where to ask. */
import { Button, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { lazy, type MouseEvent, Suspense, useEffect } from 'react';
import { usePage } from './core/data.js';
import { linkTo, usePlace, VIEWS, type View } from './core/place.js';
import { backTo, webAddress } from './core/session.js';
import { Name } from './parts/name.js';
import { Skeletons } from './parts/wait.js';
import { STRINGS } from './strings.js';
import { Banners } from './views/banners.js';
import { Forms } from './views/forms.js';
import { OverviewView } from './views/overview.js';

const PlansView = lazy(() => import('./views/plans.js'));
const UsageView = lazy(() => import('./views/usage.js'));
const ActivityView = lazy(() => import('./views/activity.js'));
const PaymentsView = lazy(() => import('./views/payments.js'));

interface FrameProps {
  readonly isLive: boolean;
  /** The last reading failed: what is shown may be old. */
  readonly isBehind: boolean;
}

/** Somebody comes back from the processor's page: said once, and not again when they go back and forth. */
function useCheckoutResult(): void {
  useEffect(() => {
    const result = (history.state as { readonly checkout?: string } | null)?.checkout;
    if (result !== 'done' && result !== 'canceled') return;
    history.replaceState(null, '');
    notifications.show({ message: STRINGS.checkout[result], withBorder: true });
  }, []);
}

export function Frame({ isLive, isBehind }: FrameProps) {
  const { view } = usePlace();
  useCheckoutResult();
  return (
    <>
      <a className="skip" href="#main">
        {STRINGS.skip}
      </a>
      <Top />
      <main className="inner" id="main" tabIndex={-1}>
        <div className="stack">
          {isBehind ? (
            <p className="banner is-amber" role="status">
              {STRINGS.trouble.behind}
            </p>
          ) : null}
          <Banners />
          <h1 className="hidden">{STRINGS.views[view]}</h1>
          <Suspense fallback={<Skeletons />}>
            <Shown view={view} />
          </Suspense>
        </div>
      </main>
      <Foot isLive={isLive} />
      <Forms />
    </>
  );
}

function Shown({ view }: { readonly view: View }) {
  switch (view) {
    case 'overview':
      return <OverviewView />;
    case 'plans':
      return <PlansView />;
    case 'usage':
      return <UsageView />;
    case 'activity':
      return <ActivityView />;
    case 'payments':
      return <PaymentsView />;
  }
}

function Top() {
  const { brand, account, viewer } = usePage().overview;
  const back = backTo();
  const logo = webAddress(brand.logoUrl);
  return (
    <header className="top">
      <div className="inner">
        <div className="who">
          {logo === null ? (
            <span className="logo" aria-hidden="true">
              {[...brand.name][0]?.toUpperCase()}
            </span>
          ) : (
            <img className="logo" src={logo} alt="" />
          )}
          <div className="name">
            <span className="strong">
              <Name>{brand.name}</Name>
            </span>
            <span className="quiet small">
              <Name>{account.name}</Name>
            </span>
          </div>
          <div className="tools">
            {viewer.role === 'owner' || viewer.role === null ? null : (
              <span className="tag" title={STRINGS.readOnly}>
                {STRINGS.roles[viewer.role]}
              </span>
            )}
            <SchemeButton />
            {back === null ? null : (
              <Button component="a" href={back} variant="default" size="xs">
                {STRINGS.goBack}
              </Button>
            )}
          </div>
        </div>
        <Tabs />
      </div>
    </header>
  );
}

function Tabs() {
  const { view, go } = usePlace();
  const { viewer, plans } = usePage().overview;
  const nameOf = (one: View): string =>
    one === 'plans' && plans.inRankOrder.length === 1 ? STRINGS.plan.title : STRINGS.views[one];
  // Payments are of the whole account; whoever keeps to pools sees nothing of it.
  const shown = VIEWS.filter((one) => !viewer.confined || one !== 'payments');
  const follow = (event: MouseEvent, to: View): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  return (
    <nav className="tabs" aria-label={STRINGS.sections}>
      {shown.map((one) => (
        <a
          key={one}
          href={linkTo(one)}
          aria-current={one === view ? 'page' : undefined}
          onClick={(event) => follow(event, one)}
        >
          {nameOf(one)}
        </a>
      ))}
    </nav>
  );
}

function SchemeButton() {
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const label = isDark ? STRINGS.light : STRINGS.dark;
  return (
    <Button
      variant="default"
      size="xs"
      px={8}
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
    >
      <span aria-hidden="true">{isDark ? '☀' : '☾'}</span>
    </Button>
  );
}

function Foot({ isLive }: Pick<FrameProps, 'isLive'>) {
  const { overview, formats } = usePage();
  const { words, links } = overview;
  const support = words.supportEmail === null ? webAddress(links.support) : `mailto:${words.supportEmail}`;
  const legal = webAddress(links.legal);
  return (
    <footer className="inner">
      <div className="foot">
        <span>{STRINGS.zone(formats.zone)}</span>
        <span>{isLive ? STRINGS.live : STRINGS.polled}</span>
        {support === null ? null : <a href={support}>{words.supportEmail ?? STRINGS.support}</a>}
        {legal === null ? null : (
          <a href={legal} target="_blank" rel="noopener noreferrer">
            {STRINGS.legal}
          </a>
        )}
      </div>
    </footer>
  );
}

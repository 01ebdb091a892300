/** The ledger as a file. It is fetched with the session in a header, and then handed to the browser. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useAsking } from '../core/data.js';
import { STRINGS } from '../strings.js';

export function Download({ query }: { readonly query: Readonly<Record<string, string>> }) {
  const { caller } = useAsking();
  const load = useMutation({
    networkMode: 'always',
    mutationFn: async () => (await caller.open('downloadActivity', { query })).blob(),
    onSuccess(file) {
      const address = URL.createObjectURL(file);
      const link = Object.assign(document.createElement('a'), { href: address, download: 'activity.csv' });
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(address), 10_000);
    },
    onError: (error) => notifications.show({ title: STRINGS.trouble.notDone, message: error.message, color: 'red' }),
  });
  return (
    <Button variant="default" size="xs" loading={load.isPending} onClick={() => load.mutate()}>
      {STRINGS.activity.download}
    </Button>
  );
}

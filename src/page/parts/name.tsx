/** A name that somebody chose: as long as it likes, in any script, and text whatever it holds. */
export function Name({ children }: { readonly children: string }) {
  return (
    <bdi dir="auto" title={children.length > 40 ? children : undefined}>
      {children}
    </bdi>
  );
}

/**
 * How our links lie on bull-board's page: in the free part of its own top bar, or at the foot of a narrow screen. Colours
 * are the board's own tokens, so that its light and dark themes hold for them too.
 */
export const BOARD_STYLE_PATH = '/assets/board.css';

export const BOARD_STYLE = `
#creditd-links { position: fixed; z-index: 100; top: 0; right: 214px; height: 63px; display: flex; align-items: stretch; gap: 20px; font-size: 15px; }
#creditd-links a { display: flex; align-items: center; color: var(--muted-foreground); text-decoration: none; border: solid transparent; border-width: 2px 0; }
#creditd-links a:hover { color: var(--foreground); }
#creditd-links a[aria-current] { color: var(--foreground); font-weight: 600; border-bottom-color: var(--primary); }
@media (max-width: 1000px) {
  #creditd-links { top: auto; bottom: 0; left: 0; right: 0; height: 50px; justify-content: space-evenly; background: var(--card); border-top: 1px solid var(--border); }
  body { padding-bottom: 50px; }
}
`.trimStart();

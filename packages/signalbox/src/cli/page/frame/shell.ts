import { createHash } from 'node:crypto';
import { type Child, html, raw } from './markup.ts';

export interface Shell {
  readonly title: string;
  readonly version: string;
  readonly style: string;
  readonly script: string;
  readonly header: Child;
  readonly main: Child;
}

/**
 * One HTML file that needs nothing else: no network, no other file, no script to be read. A content security
 * policy lets no script run but the page's own, whatever a name in the data holds.
 */
export function shell({ title, version, style, script, header, main }: Shell): string {
  const digest = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${digest}'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="generator" content="signalbox ${version}">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
<svg class="hatch" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" style="stroke:var(--context);stroke-width:2;stroke-opacity:.6"></line></pattern></defs></svg>
<header>
${header}
</header>
<main>
${main}
</main>
<script>${raw(script)}</script>
</body>
</html>
`.html;
}

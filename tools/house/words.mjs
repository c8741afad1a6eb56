// SPDX-License-Identifier: Apache-2.0
// Text that a user sees and no catalogue knows: words between the tags of a template, in an attribute that is
// read aloud, and literals handed to what shows them.
import { lines } from "./source.mjs";

// What is the same in every language: the name, keys, units, examples of what to type.
const same = /^(Encours|Ctrl|Esc|Enter|Tab|Shift|Alt|CSV|XLSX|PDF|JSON|IBAN|BIC|SIREN|EUR|FEC|camt|SMTP|URL|[A-Z0-9]|https?:\S*|[a-z0-9.-]+@[a-z0-9.-]+)$/;
const spoken = /\b(aria-label|title|placeholder|alt|aria-description)="([^"{]*[\p{L}]{2,}[^"{]*)"/gu;

const blank = m => m.replace(/[^\n]/g, " ");

export function template(text, say) {
	const at = i => lines(text.slice(0, i)).length;
	const markup = text.replace(/\{#[\s\S]*?#\}|\{%[\s\S]*?%\}|\{\{[\s\S]*?\}\}/g, blank);

	for (const m of markup.matchAll(spoken)) say(at(m.index), `${m[1]}="${m[2]}" is not translated`);
	const words = markup.replace(/<(script|style)[\s\S]*?<\/\1>/g, blank).replace(/<!--[\s\S]*?-->/g, blank)
		.replace(/<[^>]*>/g, blank).replace(/&[a-z]+;|&#\d+;/g, blank);
	for (const m of words.matchAll(/[\p{L}][\p{L}\d'’@.:/-]*/gu))
		if (m[0].length > 1 && !same.test(m[0])) say(at(m.index), `"${m[0]}" is not translated`);
}

export function pages(file, text, say) {
	if (!/_web\.c$|_view\.c$/.test(file)) return;
	for (const m of text.matchAll(/\b(?:flash_set|flash_error|form_wrong|page_begin)\(\s*\w+,\s*(?:"[a-z_-]*",\s*)?"[^"]*[a-z] [^"]*"/g))
		say(lines(text.slice(0, m.index)).length, "this text is not translated");
	for (const m of text.matchAll(/\.(?:label|title|text|caption|help|line|advice|words)\s*=\s*"[^"%]*[a-z]{3}[^"%]*"/g))
		say(lines(text.slice(0, m.index)).length, "this text is not translated");
}

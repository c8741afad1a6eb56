// SPDX-License-Identifier: Apache-2.0
// contrast.mjs - measures every pair of colours of tokens.css that may meet, in both themes: text 4.5:1, marks
// and borders of controls 3:1 (WCAG 2.2), the ramp of lateness falling in lightness, everything within sRGB.
import { readFileSync } from "node:fs";
import { check, finish } from "../http/lib.mjs";

const css = readFileSync(new URL("../../src/web/assets/tokens.css", import.meta.url), "utf8");

// OKLCH to linear sRGB (Ottosson).
function linear(lightness, chroma, hue) {
	const a = chroma * Math.cos((hue * Math.PI) / 180);
	const b = chroma * Math.sin((hue * Math.PI) / 180);
	const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
	const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
	const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
	return [
		4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
		-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
		-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
	];
}

const luminance = (rgb) => rgb.map((c) => Math.min(1, Math.max(0, c))).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const contrast = (x, y) => {
	const [high, low] = [luminance(x), luminance(y)].sort((a, b) => b - a);
	return (high + 0.05) / (low + 0.05);
};

const number = "([\\d.]+)";
const colour = `oklch\\(${number}% ${number} ${number}\\)`;
const themes = { light: new Map(), dark: new Map() };
for (const m of css.matchAll(new RegExp(`--([\\w-]+): light-dark\\(${colour}, ${colour}\\)`, "g"))) {
	themes.light.set(m[1], { lightness: Number(m[2]), rgb: linear(m[2] / 100, Number(m[3]), Number(m[4])) });
	themes.dark.set(m[1], { lightness: Number(m[5]), rgb: linear(m[5] / 100, Number(m[6]), Number(m[7])) });
}

const grounds = ["ground-well", "ground-page", "ground", "ground-lift", "ground-hover", "ground-chosen"];
const states = ["fresh", "soon", "late-1", "late-2", "late-3", "late-4", "dispute", "promise", "done"];

for (const [theme, colours] of Object.entries(themes)) {
	const faults = [];
	const need = (least, front, back) => {
		const got = contrast(colours.get(front).rgb, colours.get(back).rgb);
		if (!(got >= least)) faults.push(`${front} on ${back}: ${got.toFixed(2)}, ${least} needed`);
	};
	for (const text of ["ink", "ink-soft", "act", "act-strong", "loose-ink"]) for (const g of grounds) need(4.5, text, g);
	for (const s of states) {
		need(4.5, `${s}-ink`, `${s}-wash`);
		for (const g of ["ground", "ground-page", "ground-hover"]) need(3, `${s}-mark`, g);
	}
	for (const g of ["ground", "ground-page", "ground-lift", "ground-hover"]) {
		need(3, "edge", g);
		need(3, "loose-mark", g);
		need(3, "ring", g);
	}
	need(4.5, "on-act", "act");
	need(4.5, "on-act", "act-strong");
	need(4.5, "marker-ink", "marker-wash");
	need(4.5, "ground-page", "ink"); // a message of what was done
	check(`${theme}: ${colours.size} colours, every pair is readable`, colours.size > 40 && faults.length === 0, faults);
	const outside = [...colours].filter(([, c]) => c.rgb.some((v) => v < -0.003 || v > 1.003)).map(([name]) => name);
	check(`${theme}: every colour is within sRGB`, outside.length === 0, outside);
	const late = [1, 2, 3, 4].map((n) => colours.get(`late-${n}-mark`).lightness);
	check(`${theme}: lateness falls in lightness by steps the eye tells`, late.every((l, i) => i === 0 || late[i - 1] - l >= 7.5), late);
}
finish();

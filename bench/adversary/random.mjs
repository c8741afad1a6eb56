// SPDX-License-Identifier: Apache-2.0
// random.mjs - a seeded source of chance: the same seed gives the same bytes.

// mulberry32: 32 bits of state are plenty for a company.
export function source(seed) {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
	const below = (n) => Math.floor(next() * n);
	const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
	return {
		next,
		below,
		normal,
		chance: (p) => next() < p,
		between: (from, to) => from + below(to - from + 1),
		pick: (list) => list[below(list.length)],
		// Of [[weight, value], ...].
		weighted: (list) => {
			let x = next() * list.reduce((sum, [w]) => sum + w, 0);
			for (const [w, value] of list) if ((x -= w) < 0) return value;
			return list.at(-1)[1];
		},
		shuffle: (list) => {
			for (let i = list.length - 1; i > 0; i--) {
				const k = below(i + 1);
				[list[i], list[k]] = [list[k], list[i]];
			}
			return list;
		},
		digits: (n) => Array.from({ length: n }, () => below(10)).join(""),
	};
}

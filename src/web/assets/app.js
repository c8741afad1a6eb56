/* SPDX-License-Identifier: Apache-2.0 */
/*
 * app.js - what makes the pages quicker. Every page does its work without it: this file only spares a
 * click, a key or a look. It draws nothing the server could draw, and sends nothing the forms do not.
 *
 * Attributes it knows: data-theme-toggle, data-theme-set, data-density-set, data-dialog="id", data-close, data-print,
 * data-key="p", data-go="c", data-rows, data-pick (a region with .pick boxes and a .picked bar), data-poll,
 * data-drop, data-find, data-autosubmit.
 */
"use strict";

const page = document.documentElement;
const one = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];

/* Kept with the user; the cookie bridges the moment until the server has it, so that the next page is drawn
 * right at once. */
function remember(name, value) {
	document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=30; samesite=lax`;
	const csrf = one("input[name=csrf]")?.value;
	if (!csrf) return;
	const body = new URLSearchParams({ csrf, theme: page.dataset.theme || "auto", density: page.dataset.density || "normal" });
	fetch("/account/look", { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
}

/* ---- theme and density ---- */

function isDark() {
	return page.dataset.theme ? page.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function showTheme() {
	for (const b of all("[data-theme-set]")) b.setAttribute("aria-pressed", String(b.dataset.themeSet === (page.dataset.theme || "auto")));
}

function setTheme(theme) {
	if (theme === "auto") delete page.dataset.theme;
	else page.dataset.theme = theme;
	showTheme();
	remember("theme", theme);
}

function setDensity(density) {
	page.dataset.density = density;
	remember("density", density);
	for (const b of all("[data-density-set]")) b.setAttribute("aria-pressed", String(b.dataset.densitySet === density));
}

/* ---- dialogs: <dialog> keeps the focus inside and gives it back ---- */

function openDialog(id) {
	const dialog = document.getElementById(id);
	if (!dialog || dialog.open) return Boolean(dialog);
	dialog.showModal();
	(one("[autofocus]", dialog) ?? one(".body input, .body select, .body textarea", dialog))?.focus();
	return true;
}

/* ---- selection: how many, and how much to the cent ---- */

/* Minor units are added as whole numbers; Intl takes the decimal text, so nothing is ever a float. */
function amountText(minor, currency, decimals) {
	const sign = minor < 0n ? "-" : "";
	const digits = (minor < 0n ? -minor : minor).toString().padStart(decimals + 1, "0");
	const whole = digits.slice(0, digits.length - decimals);
	const text = decimals ? `${sign}${whole}.${digits.slice(-decimals)}` : `${sign}${whole}`;
	return new Intl.NumberFormat(page.lang, { style: "currency", currency }).format(text).replace("-", "−");
}

/* One sum per currency: they are never added. */
function pickedSums(region, boxes) {
	const sums = new Map();
	for (const b of boxes) {
		if (b.dataset.minor === undefined) continue;
		const currency = b.dataset.currency || region.dataset.currency || "EUR";
		sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(b.dataset.minor));
	}
	return [...sums].map(([currency, sum]) => amountText(sum, currency, decimalsOf(currency))).join(" + ");
}

function decimalsOf(currency) {
	return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
}

function showPicked(region) {
	const bar = one(".picked", region);
	if (!bar) return;
	const boxes = all("tbody .pick", region);
	const on = boxes.filter((b) => b.checked);
	const head = one("thead .pick", region);
	if (head) {
		head.checked = on.length > 0 && on.length === boxes.length;
		head.indeterminate = on.length > 0 && on.length < boxes.length;
	}
	bar.hidden = on.length === 0;
	const count = one("[data-count]", bar);
	const text = on.length === 1 ? count?.dataset.one : count?.dataset.many;
	if (count) count.textContent = (text || "%d").replace("%d", String(on.length));
	const total = one("[data-sum]", bar);
	if (total) total.textContent = pickedSums(region, on);
	for (const b of all("[data-needs-one]", bar)) b.disabled = on.length !== 1;
}

let lastPicked = null;

function pickChanged(box, withShift) {
	const region = box.closest("[data-pick]");
	if (!region) return;
	const boxes = all("tbody .pick", region);
	if (box.closest("thead")) {
		for (const b of boxes) b.checked = box.checked;
	} else if (withShift && lastPicked && boxes.includes(lastPicked)) {
		const [from, to] = [boxes.indexOf(lastPicked), boxes.indexOf(box)].sort((a, b) => a - b);
		for (const b of boxes.slice(from, to + 1)) b.checked = box.checked;
	}
	lastPicked = box;
	showPicked(region);
}

/* For whoever adds the rows up: a row is ticked by hand, by range, by the head or by X alike. */
function tellPicked(box, withShift) {
	pickChanged(box, withShift);
	box.dispatchEvent(new Event("picked", { bubbles: true }));
}

/* ---- rows by keyboard ---- */

function rowLinks() {
	const rows = all("[data-rows] tbody tr, ul[data-rows] > li");
	return rows.map((r) => one("a[href], button", r)).filter((a) => a && a.offsetParent !== null);
}

function moveRow(step) {
	const links = rowLinks();
	if (!links.length) return;
	const here = document.activeElement?.closest("tr, li");
	let at = links.findIndex((a) => here && here.contains(a));
	if (at < 0) at = links.findIndex((a) => a.hasAttribute("aria-current"));
	const next = links[Math.min(Math.max(at + step, 0), links.length - 1)];
	next.focus();
	next.scrollIntoView({ block: "nearest" });
}

function tickRow() {
	const box = one(".pick", document.activeElement?.closest("tr") ?? document.createElement("p"));
	if (!box) return;
	box.checked = !box.checked;
	tellPicked(box, false);
}

/* ---- keys: never inside a field, never with a modifier; they can be switched off ---- */

const keysOff = () => localStorage.getItem("keys") === "off";
let waitingForPlace = 0;

function singleKey(event) {
	const key = event.key;
	if (waitingForPlace > Date.now()) {
		waitingForPlace = 0;
		const link = one(`[data-go="${CSS.escape(key.toLowerCase())}"]`);
		if (link) link.click();
		return Boolean(link);
	}
	if (key === "?") return openDialog("keys");
	if (key === "j" || key === "k") return moveRow(key === "j" ? 1 : -1) ?? true;
	if (key === "x") return tickRow() ?? true;
	if (key === "t") {
		const asof = one(".asof");
		if (!asof) return false;
		asof.open = true;
		one("input", asof)?.focus();
		return true;
	}
	if (key === "g") {
		waitingForPlace = Date.now() + 3000;
		return true;
	}
	const target = all(`[data-key="${CSS.escape(key.toLowerCase())}"]`).find((b) => b.offsetParent !== null && !b.disabled);
	target?.click();
	return Boolean(target);
}

document.addEventListener("keydown", (event) => {
	if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
		const find = one("[data-find] input");
		if (find) {
			event.preventDefault();
			find.focus();
			find.select();
			find.dispatchEvent(new Event("input"));
		}
		return;
	}
	if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.target.closest("input, textarea, select, [contenteditable]")) {
		/* The act the page has just told of; else one's own last one. */
		const undo = one(".toasts [data-undo]");
		const last = document.getElementById("undo-last");
		if (undo || last) {
			event.preventDefault();
			if (undo) undo.click();
			else last.requestSubmit();
		}
		return;
	}
	if (event.key === "Escape") {
		for (const m of all(".means")) m.classList.add("shut");
		for (const d of all("details.asof[open], details.menu[open]")) {
			d.open = false;
			one("summary", d).focus();
		}
	}
	if (event.ctrlKey || event.metaKey || event.altKey || keysOff()) return;
	if (event.target.closest("input:not(.pick), textarea, select, dialog, [contenteditable]")) return;
	if (singleKey(event)) event.preventDefault();
});

/* ---- clicks ---- */

document.addEventListener("click", (event) => {
	const at = event.target;
	const opener = at.closest("[data-dialog]");
	if (opener && openDialog(opener.dataset.dialog)) event.preventDefault();
	const closer = at.closest("[data-close]");
	if (closer) {
		event.preventDefault();
		closer.closest("dialog, .toast")?.[closer.closest("dialog") ? "close" : "remove"]();
	}
	if (at.closest("[data-theme-toggle]")) setTheme(isDark() ? "light" : "dark");
	const theme = at.closest("[data-theme-set]");
	if (theme) setTheme(theme.dataset.themeSet);
	const density = at.closest("[data-density-set]");
	if (density) setDensity(density.dataset.densitySet);
	if (at.closest("[data-print]")) print();
	if (at.matches(".pick")) tellPicked(at, event.shiftKey);
	for (const d of all("details.asof[open], details.menu[open]")) if (!d.contains(at)) d.open = false;
});

document.addEventListener("change", (event) => {
	if (event.target.matches("[data-keys-switch]")) localStorage.setItem("keys", event.target.checked ? "on" : "off");
	if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
});

for (const m of all(".means")) {
	for (const type of ["pointerleave", "focusout"]) m.addEventListener(type, () => m.classList.remove("shut"));
}

/* ---- forms are sent once ---- */

document.addEventListener("submit", (event) => {
	const form = event.target;
	if (form.method !== "post" || event.defaultPrevented) return;
	if (form.dataset.sent) {
		event.preventDefault();
		return;
	}
	form.dataset.sent = "1";
	/* After the browser has read the form: a disabled button would not be sent with it. */
	setTimeout(() => {
		for (const b of all("button[type=submit], button:not([type])", form)) b.disabled = true;
		event.submitter?.setAttribute("aria-busy", "true");
	});
});
/* Coming back by the browser's history finds the form as it was, ready again. */
addEventListener("pageshow", () => {
	for (const form of all("form[data-sent]")) {
		delete form.dataset.sent;
		for (const b of all("button", form)) {
			b.disabled = false;
			b.removeAttribute("aria-busy");
		}
	}
});

/* ---- search or act: a combobox over /search, the places of the side bar and the acts of this page; without
 * script the form opens the page of results ---- */

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

/* What a button says, without its key. */
function wordsOf(element) {
	const copy = element.cloneNode(true);
	for (const extra of all("kbd, .count", copy)) extra.remove();
	return (copy.textContent.trim() || element.getAttribute("aria-label") || "").replace(/\s+/g, " ");
}

/* Groups of places and acts whose words hold what was typed; everything when nothing was. */
function placesAndActs(typed, list) {
	const wanted = folded(typed);
	const fits = (r) => r.label && folded(r.label).includes(wanted);
	const places = all(".rail .goto").map((a) => ({ label: wordsOf(a), detail: a.dataset.go ? `G ${a.dataset.go.toUpperCase()}` : "", url: a.href }));
	const seen = (b) => b.offsetParent !== null && !b.disabled;
	const acts = all("main [data-key], main .title .btn, [data-theme-toggle], .topbar [data-dialog], .asof > summary").filter(seen)
		.map((b) => ({ label: wordsOf(b), detail: (b.dataset.key ?? (b.matches("summary") ? "t" : b.dataset.dialog === "keys" ? "?" : "")).toUpperCase(), act: b }));
	return [{ label: list.dataset.acts, results: acts.filter(fits) }, { label: list.dataset.pages, results: places.filter(fits) }].filter((g) => g.results.length > 0);
}


function finder(box) {
	const input = one("input", box);
	const list = one("[role=listbox]", box);
	const said = one("[role=status]", box);
	const acts = new Map();
	let asked = 0;
	let current = -1;
	let timer = 0;
	const go = (option) => {
		const act = acts.get(option);
		if (!act) return location.assign(option.dataset.url);
		input.value = "";
		shut();
		act.focus();
		act.click();
	};

	const options = () => all("[role=option]", list);
	const shut = () => {
		list.hidden = true;
		input.setAttribute("aria-expanded", "false");
		input.removeAttribute("aria-activedescendant");
		current = -1;
	};
	const choose = (index) => {
		const found = options();
		if (!found.length) return;
		current = (index + found.length) % found.length;
		found.forEach((o, i) => o.setAttribute("aria-selected", String(i === current)));
		input.setAttribute("aria-activedescendant", found[current].id);
		found[current].scrollIntoView({ block: "nearest" });
	};
	const piece = (className, text) => {
		const e = document.createElement("span");
		e.className = className;
		e.textContent = text;
		return e;
	};
	/* data-of tells of what text the results are. */
	const show = (text, groups) => {
		list.dataset.of = text;
		list.replaceChildren();
		acts.clear();
		let n = 0;
		for (const group of groups) {
			const part = document.createElement("div");
			part.role = "group";
			part.ariaLabel = group.label;
			part.append(piece("group", group.label));
			for (const r of group.results) {
				const o = document.createElement("div");
				o.role = "option";
				o.id = `find-${n++}`;
				if (r.act) acts.set(o, r.act);
				else o.dataset.url = r.url;
				o.ariaSelected = "false";
				o.append(piece("cut", r.label), piece("what", r.detail ?? ""));
				part.append(o);
			}
			list.append(part);
		}
		if (said) said.textContent = n ? (n === 1 ? said.dataset.one : said.dataset.many ?? "%d").replace("%d", String(n)) : said.dataset.none ?? "";
		list.hidden = n === 0;
		input.setAttribute("aria-expanded", String(n > 0));
		current = -1;
	};
	const ask = async () => {
		const q = input.value.trim();
		const turn = ++asked;
		if (q.length < 2) return show(q, placesAndActs(q, list));
		try {
			const answer = await fetch(`/search?q=${encodeURIComponent(q)}`, { headers: { Accept: "application/json" } });
			if (!answer.ok) return shut();
			const found = await answer.json();
			/* An answer that was overtaken is dropped. */
			if (turn === asked) show(q, [...(found.groups ?? []), ...placesAndActs(q, list)]);
		} catch {
			shut();
		}
	};

	input.addEventListener("input", () => {
		clearTimeout(timer);
		timer = setTimeout(ask, 120);
	});
	input.addEventListener("keydown", (event) => {
		if (event.key === "ArrowDown" || event.key === "ArrowUp") {
			event.preventDefault();
			/* Who chooses from the list keeps it: an answer still under way would take the choice away. */
			clearTimeout(timer);
			asked++;
			choose(current + (event.key === "ArrowDown" ? 1 : current < 0 ? 0 : -1));
		} else if (event.key === "Enter" && current >= 0) {
			event.preventDefault();
			go(options()[current]);
		} else if (event.key === "Escape") {
			shut();
		}
	});
	list.addEventListener("pointerdown", (event) => event.preventDefault());
	list.addEventListener("click", (event) => {
		const o = event.target.closest("[role=option]");
		if (o) go(o);
	});
	input.addEventListener("blur", shut);
}

/* ---- imports: progress, and files dropped on the page ---- */

async function poll(box) {
	const bar = one("progress", box);
	const text = one("[data-poll-text]", box);
	for (;;) {
		await new Promise((done) => setTimeout(done, 1000));
		try {
			const answer = await fetch(box.dataset.poll, { headers: { Accept: "application/json" } });
			const job = await answer.json();
			if (job.state === "done" || job.state === "failed") return location.reload();
			if (bar && job.total > 0) {
				bar.max = job.total;
				bar.value = job.done;
			}
			if (text && job.text) text.textContent = job.text;
		} catch {
			/* The server may be restarting; the next turn tells. */
		}
	}
}

function dropZone(zone) {
	const input = one("input[type=file]", zone);
	const list = one("[data-files]", zone);
	const names = () => {
		if (list) list.textContent = [...input.files].map((f) => f.name).join(", ");
	};
	input.addEventListener("change", names);
	for (const type of ["dragenter", "dragover"]) {
		zone.addEventListener(type, (event) => {
			event.preventDefault();
			zone.classList.add("over");
		});
	}
	for (const type of ["dragleave", "drop"]) zone.addEventListener(type, () => zone.classList.remove("over"));
	zone.addEventListener("drop", (event) => {
		event.preventDefault();
		if (!event.dataTransfer.files.length) return;
		input.files = event.dataTransfer.files;
		names();
		zone.closest("form").requestSubmit();
	});
}

/* ---- when the page is there ---- */

for (const region of all("[data-pick]")) showPicked(region);
for (const box of all("[data-find]")) finder(box);
for (const box of all("[data-poll]")) poll(box);
for (const zone of all("[data-drop]")) dropZone(zone);
for (const s of all("[data-keys-switch]")) s.checked = !keysOff();
for (const b of all("[data-density-set]")) b.setAttribute("aria-pressed", String(b.dataset.densitySet === (page.dataset.density || "normal")));
for (const tab of all(".tabs [aria-current]")) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - (tab.parentElement.clientWidth - tab.offsetWidth) / 2;
showTheme();
const wrong = one("[data-wrongs]") ?? one("[aria-invalid=true]");
if (wrong) wrong.focus();

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * desk.js - the workbench without a full page's delay: links and forms inside #desk fetch the part of the page
 * that the server draws again (X-Part), and put it in the place of the old one. Without this file every link
 * and form does the same by a whole page.
 *
 * Attributes it knows: data-queue (the list that J and K walk), data-enter (the button that Enter presses),
 * data-find-key (what / goes to), data-live (an element that is fetched anew while the page stays open),
 * data-sums (a form whose amounts are added up), data-take (puts a document's amount into its field).
 */
"use strict";

{
	const q = (selector, from = document) => from.querySelector(selector);
	const qq = (selector, from = document) => [...from.querySelectorAll(selector)];
	let asked = 0;
	let isActing = false;
	let lastActed = "";

	/* ---- putting a part in its place ---- */

	function place(html, url, push) {
		const made = new DOMParser().parseFromString(html, "text/html");
		const desk = q("#desk", made);
		if (!desk) return false;
		const scroll = q("[data-queue]")?.scrollTop ?? 0;
		const ticked = new Set(qq(".pick:checked", q("#desk")).map((b) => b.value));
		q("#desk").replaceWith(document.adoptNode(desk));
		q(".toasts")?.replaceWith(document.adoptNode(q(".toasts", made) ?? document.createElement("div")));
		for (const b of qq(".pick", q("#desk"))) b.checked = ticked.has(b.value);
		if (push) history.pushState(null, "", url);
		const list = q("[data-queue]");
		if (list) {
			list.scrollTop = scroll;
			q("[aria-current]", list)?.scrollIntoView({ block: "nearest" });
		}
		/* Whoever reads by ear hears what is to be decided now; Enter decides it. */
		(q("[data-wrongs], [aria-invalid=true]", q("#desk")) ?? q("[data-enter]", q("#desk")) ?? q("#entry"))?.focus({ preventScroll: true });
		ready();
		return true;
	}

	async function go(url, options = {}, push = true) {
		const turn = ++asked;
		try {
			const answer = await fetch(url, { ...options, headers: { "X-Part": "desk" } });
			const html = await answer.text();
			if (turn !== asked) return;
			if (!answer.headers.get("X-Part") || !place(html, answer.url, push)) location.assign(options.method ? location.href : url);
		} catch {
			location.assign(options.method ? location.href : url);
		} finally {
			isActing = false;
			live(true);
		}
	}

	document.addEventListener("click", (event) => {
		const link = event.target.closest("#desk a[href]");
		if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
		const path = new URL(link.href).pathname;
		if (path !== "/bank" && !/^\/bank\/entries\/\d+$/.test(path)) return;
		event.preventDefault();
		go(link.href);
	});

	document.addEventListener("submit", (event) => {
		const form = event.target;
		const isUndo = form.closest(".toasts") || form.id === "undo-last";
		if (!isUndo && (!form.closest("#desk") || form.hasAttribute("data-whole"))) return;
		if (!q("#desk")) return;
		event.preventDefault();
		const data = new FormData(form, event.submitter);
		if (form.method === "get") {
			const url = new URL(form.action);
			for (const [name, value] of data) if (value !== "") url.searchParams.append(name, value);
			go(url);
			return;
		}
		if (isActing) return;
		isActing = true;
		if (isUndo && lastActed) data.set("back", lastActed);
		if (!isUndo) lastActed = location.pathname + location.search;
		go(form.action, { method: "POST", body: new URLSearchParams(data) });
	}, true);

	addEventListener("popstate", () => go(location.href, {}, false));

	/* ---- keys ---- */

	function step(by) {
		const links = qq("[data-queue] a");
		const at = links.findIndex((a) => a.hasAttribute("aria-current"));
		const next = links[at < 0 ? 0 : at + by];
		if (next) go(next.href);
	}

	document.addEventListener("keydown", (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem("keys") === "off" || !q("#desk")) return;
		if (event.target.closest("input:not(.pick), textarea, select, dialog, [contenteditable]")) {
			if (event.key === "Escape" && event.target.closest("#desk")) event.target.blur();
			return;
		}
		let isDone = true;
		if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
		else if (event.key === "/") q("[data-find-key]")?.focus();
		else if (event.key === "Enter" && !event.target.closest("a, button, summary, .pick")) q("[data-enter]")?.click();
		else if (event.key === "r") q("#find")?.select();
		else if (event.key === "m") (qq("input.split").find((i) => i.value === "") ?? q("#find"))?.focus();
		else if (event.key === "x" && !event.target.closest(".pick")) {
			const box = q(".pick", q("[data-queue] [aria-current]")?.closest("li") ?? document.createElement("p"));
			if (box) box.click();
		} else isDone = false;
		if (!isDone) return;
		event.preventDefault();
		event.stopImmediatePropagation();
	}, true);

	/* ---- sums to the cent, in whole minor units; the server has the last word ---- */

	function read(text, decimals) {
		const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace("\u2212", "-").replace(",", ".");
		const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(plain);
		if (!parts || (parts[3] ?? "").length > decimals) return null;
		const minor = BigInt(parts[2] + (parts[3] ?? "").padEnd(decimals, "0"));
		return parts[1] ? -minor : minor;
	}

	function write(minor, decimals, options) {
		const digits = (minor < 0n ? -minor : minor).toString().padStart(decimals + 1, "0");
		const text = (minor < 0n ? "-" : "") + digits.slice(0, digits.length - decimals) + (decimals ? `.${digits.slice(-decimals)}` : "");
		return options ? new Intl.NumberFormat(document.documentElement.lang, options).format(text).replace("-", "\u2212")
			: text.replace(".", document.documentElement.lang === "fr" ? "," : ".");
	}

	function sums(form) {
		const decimals = Number(form.dataset.decimals);
		const shown = q("[data-sums-shown]", form);
		let applied = 0n;
		let isSure = true;
		for (const input of qq("input.split", form)) {
			if (!input.value.trim()) continue;
			const minor = read(input.value, decimals);
			if (minor === null) isSure = false;
			else applied += minor;
		}
		const money = { style: "currency", currency: form.dataset.currency };
		const left = BigInt(form.dataset.left) - applied;
		shown.hidden = false;
		q("[data-sum-applied]", form).textContent = isSure ? write(applied, decimals, money) : "\u2013";
		q("[data-sum-left]", form).textContent = isSure ? write(left, decimals, money) : "\u2013";
		shown.classList.toggle("too-much", isSure && left < 0n);
	}

	document.addEventListener("input", (event) => {
		const form = event.target.closest("[data-sums]");
		if (form) sums(form);
	});

	/* The document's whole amount, or what the receipt has left of it. */
	document.addEventListener("click", (event) => {
		const button = event.target.closest("[data-take]");
		const form = button?.closest("[data-sums]");
		if (!form) return;
		const decimals = Number(form.dataset.decimals);
		const input = q("input.split", button.closest("tr"));
		let left = BigInt(form.dataset.left);
		for (const other of qq("input.split", form)) if (other !== input) left -= read(other.value || "0", decimals) ?? 0n;
		const open = BigInt(button.dataset.take);
		input.value = write(open > 0n && left > 0n && left < open ? left : open, decimals);
		input.focus();
		sums(form);
	});

	/* ---- counters that stay true while the page is open ---- */

	let timer = 0;

	async function live(isNow) {
		clearTimeout(timer);
		timer = setTimeout(live, 20000);
		const box = q("[data-live]");
		if (!box || document.hidden || (!isNow && box.matches(":focus-within"))) return;
		try {
			const answer = await fetch(box.dataset.live, { headers: { "X-Part": "counts" } });
			const fresh = answer.ok && q("[data-live]", new DOMParser().parseFromString(await answer.text(), "text/html"));
			if (fresh && fresh.innerHTML !== box.innerHTML) box.replaceWith(document.adoptNode(fresh));
		} catch {
			/* The next turn tells. */
		}
	}

	/* ---- after each part ---- */

	function ready() {
		for (const form of qq("[data-sums]")) sums(form);
	}

	timer = setTimeout(live, 20000);
	if (!document.activeElement || document.activeElement === document.body) q("[data-enter]")?.focus({ preventScroll: true });
	ready();
}

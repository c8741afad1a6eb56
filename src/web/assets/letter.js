/* SPDX-License-Identifier: Apache-2.0 */
/*
 * letter.js - the sums of a lettering page, to the cent, while boxes are ticked and amounts typed. Without it
 * the button "Work out" asks the server, which has the last word in any case.
 */
"use strict";

{
	const region = document.querySelector("[data-letter]");
	const lang = document.documentElement.lang;
	const decimals = Number(region?.dataset.decimals ?? 2);

	/* Minor units as whole numbers, never a float; null for what the server must judge. */
	const read = (text) => {
		const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace("\u2212", "-").replace(",", ".");
		const parts = /^-?(\d+)(?:\.(\d+))?$/.exec(plain);
		if (!parts || (parts[2] ?? "").length > decimals) return null;
		return BigInt(parts[1] + (parts[2] ?? "").padEnd(decimals, "0"));
	};
	const write = (minor) => {
		const digits = (minor < 0n ? -minor : minor).toString().padStart(decimals + 1, "0");
		const whole = digits.slice(0, digits.length - decimals);
		const text = `${minor < 0n ? "-" : ""}${whole}${decimals ? `.${digits.slice(-decimals)}` : ""}`;
		const format = new Intl.NumberFormat(lang, { style: "currency", currency: region.dataset.currency });
		return format.format(text).replace("-", "\u2212");
	};
	const sums = () => {
		let debits = 0n;
		let credits = 0n;
		let isSure = true;
		for (const box of region.querySelectorAll(".pick:checked")) {
			const open = BigInt(box.dataset.minor);
			const typed = box.closest("tr").querySelector(".letter-amount").value.trim();
			const part = typed === "" ? (open < 0n ? -open : open) : read(typed);
			if (part === null) isSure = false;
			else if (open > 0n) debits += part;
			else credits += part;
		}
		const show = (name, minor) => {
			region.querySelector(name).textContent = isSure ? write(minor) : "\u2013";
		};
		show("[data-debits]", debits);
		show("[data-credits]", credits);
		show("[data-rest]", debits - credits);
	};

	if (region?.querySelector("[data-rest]")) {
		region.querySelector("[data-sums-button]").hidden = true;
		/* An amount typed is an amount meant. */
		region.addEventListener("input", (event) => {
			if (event.target.matches(".letter-amount")) event.target.closest("tr").querySelector(".pick").checked = event.target.value.trim() !== "";
			sums();
		});
		document.addEventListener("picked", sums);
		sums();
	}
}

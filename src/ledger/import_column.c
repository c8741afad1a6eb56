/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/import_column.h"

#include "base/text.h"
#include "ledger/import.h"

/* Folded headers (letters and digits only) per field, separated by spaces. */
static const struct {
	const char *name;
	const char *headers;
} fields[FIELD_COUNT] = {
	[FIELD_CUSTOMER] = { "customer",
			     "CUSTOMERID CUSTOMER CUSTOMERCODE CUSTOMERNO CUSTOMERNUMBER "
			     "CODECLIENT "
			     "CLIENT CLIENTID NUMEROCLIENT NCLIENT NOCLIENT COMPTECLIENT COMPTE "
			     "COMPTEAUXILIAIRE CODETIERS TIERS COMPTETIERS ACCOUNT ACCOUNTNO "
			     "ACCOUNTNUMBER COMPAUXNUM CODE REFCLIENT REFERENCECLIENT" },
	[FIELD_CUSTOMER_NAME] = { "customer_name",
				  "NAME CUSTOMERNAME COMPANY COMPANYNAME NOM NOMCLIENT CLIENTNOM "
				  "RAISONSOCIALE SOCIETE INTITULE LIBELLECLIENT DENOMINATION "
				  "COMPAUXLIB NOMDUCLIENT" },
	[FIELD_KIND_OF_CUSTOMER] = { "customer_kind", "CUSTOMERKIND TYPECLIENT TYPEDECLIENT "
						      "CATEGORIECLIENT B2B" },
	[FIELD_SIREN] = { "siren", "SIREN NSIREN NUMEROSIREN SIRENCLIENT REGISTRATIONNUMBER "
				   "COMPANYNUMBER" },
	[FIELD_VAT_NUMBER] = { "vat_number", "VATID VATNUMBER VATNO TVAINTRA "
					     "TVAINTRACOMMUNAUTAIRE NTVA NUMEROTVA NOTVA" },
	[FIELD_SEGMENT] = { "segment", "SEGMENT PROFIL PROFILE CATEGORIE CATEGORY FAMILLE GROUPE "
				       "CLASSE" },
	[FIELD_TERMS] = { "terms", "TERMS PAYMENTTERMS CONDITIONS CONDITIONSDEREGLEMENT "
				   "CONDITIONREGLEMENT CONDITIONSDEPAIEMENT DELAI DELAIDEREGLEMENT "
				   "DELAIDEPAIEMENT ECHEANCEMENT MODALITES" },
	[FIELD_TERMS_DAYS] = { "terms_days", "TERMSDAYS NBJOURS NOMBREDEJOURS JOURS DAYS "
					     "DELAIJOURS" },
	[FIELD_TERMS_EOM] = { "terms_eom", "TERMSEOM EOM FINDEMOIS FDM ENDOFMONTH" },
	[FIELD_PAYMENT_MEANS] = { "payment_means",
				  "PAYMENTMODE PAYMENTMEANS PAYMENTMETHOD MODEDEREGLEMENT "
				  "MODEREGLEMENT MODEDEPAIEMENT MODEPAIEMENT MOYENDEPAIEMENT "
				  "REGLEMENT MODEREGLT" },
	[FIELD_LANGUAGE] = { "language", "LANGUAGE LANG LANGUE CODELANGUE" },
	[FIELD_EMAIL] = { "email", "EMAIL MAIL COURRIEL EMAILADDRESS ADRESSEEMAIL ADRESSEMAIL "
				   "EMAILCLIENT" },
	[FIELD_PHONE] = { "phone", "PHONE TELEPHONE TEL PHONENUMBER MOBILE NUMERODETELEPHONE" },
	[FIELD_STREET] = { "street", "STREET ADDRESS ADDRESS1 ADDRESSLINE1 ADRESSE ADRESSE1 RUE "
				     "VOIE ADRESSELIGNE1" },
	[FIELD_STREET2] = { "street2", "STREET2 ADDRESS2 ADDRESSLINE2 ADRESSE2 COMPLEMENT "
				       "COMPLEMENTADRESSE ADRESSELIGNE2" },
	[FIELD_POSTCODE] = { "postcode", "POSTCODE POSTALCODE ZIP ZIPCODE CODEPOSTAL CP" },
	[FIELD_CITY] = { "city", "CITY TOWN VILLE LOCALITE COMMUNE" },
	[FIELD_COUNTRY] = { "country", "COUNTRY COUNTRYCODE PAYS CODEPAYS" },
	[FIELD_IBAN] = { "iban", "IBAN RIB COMPTEBANCAIRE BANKACCOUNT IBANCLIENT" },
	[FIELD_PARENT] = { "parent", "PARENTID PARENT PARENTCODE MAISONMERE SOCIETEMERE CODEGROUPE "
				     "GROUPKEY COMPTEPERE" },
	[FIELD_PAYER] = { "payer",
			  "PAYER PAYERID PAYEUR CODEPAYEUR TIERSPAYEUR CENTRALEDEPAIEMENT" },
	[FIELD_LIMIT] = { "credit_limit", "CREDITLIMIT LIMIT ENCOURSAUTORISE PLAFOND LIMITE "
					  "LIMITEDECREDIT ENCOURSMAX ENCOURSMAXIMUM "
					  "PLAFONDENCOURS" },
	[FIELD_CONTACT_NAME] = { "contact_name", "CONTACT CONTACTNAME NOMCONTACT NOMDUCONTACT "
						 "INTERLOCUTEUR NOMPRENOM FULLNAME" },
	[FIELD_ROLE] = { "role", "ROLE FONCTION JOBTITLE POSTE SERVICE QUALITE" },
	[FIELD_IS_DUNNING] = { "is_dunning", "ISDUNNING RELANCE DUNNING RECOITRELANCES "
					     "CONTACTRELANCE" },
	[FIELD_DOCUMENT] = { "document",
			     "DOCNO DOCUMENT DOCUMENTNO DOCUMENTNUMBER INVOICE INVOICENO "
			     "INVOICENUMBER INVOICEID FACTURE NFACTURE NOFACTURE "
			     "NUMEROFACTURE NUMERODEFACTURE NUMFACTURE NPIECE NOPIECE "
			     "NUMEROPIECE NUMERODEPIECE PIECE PIECEREF NUMERO NUM "
			     "REFERENCEFACTURE REFFACTURE FEATUREID" },
	[FIELD_KIND] = { "kind", "KIND TYPE DOCTYPE DOCUMENTTYPE TYPEPIECE TYPEDEPIECE NATURE "
				 "TYPEDOCUMENT" },
	[FIELD_ISSUED_ON] = { "issued_on",
			      "ISSUEDATE ISSUED ISSUEDON INVOICEDATE DATE DOCDATE "
			      "DOCUMENTDATE DATEFACTURE DATEDEFACTURE DATEDEFACTURATION "
			      "DATEPIECE DATEDEPIECE DATEEMISSION DATEDEMISSION" },
	[FIELD_DUE_ON] = { "due_on", "DUEDATE DUE DUEON ECHEANCE DATEECHEANCE DATEDECHEANCE "
				     "DATEDECHEANCEDEPAIEMENT ECHEANCELE" },
	[FIELD_AMOUNT] = { "amount", "AMOUNT AMOUNTTTC INVOICEAMOUNT TOTAL TOTALTTC MONTANT "
				     "MONTANTTTC TTC GROSSAMOUNT MONTANTFACTURE MONTANTFACTTURE "
				     "TOTALFACTURE TOTALAMOUNT" },
	[FIELD_AMOUNT_CENTS] = { "amount_cents", "AMOUNTCENTS MONTANTCENTIMES" },
	[FIELD_NET] = { "net", "AMOUNTHT HT MONTANTHT TOTALHT NETAMOUNT NET" },
	[FIELD_VAT] = { "vat", "VATAMOUNT VAT TVA MONTANTTVA TAX TAXAMOUNT" },
	[FIELD_OPEN] = { "open", "OPENAMOUNT OPEN BALANCE OUTSTANDING REMAINING RESTEDU SOLDE "
				 "RESTEAPAYER SOLDEDU SOLDERESTANT MONTANTRESTANT MONTANTDU "
				 "AMOUNTDUE" },
	[FIELD_CURRENCY] = { "currency", "CURRENCY CURRENCYCODE DEVISE CODEDEVISE MONNAIE" },
	[FIELD_PAYMENT_REF] = { "payment_ref",
				"RFREF PAYMENTREF PAYMENTREFERENCE STRUCTUREDREF "
				"REFERENCEPAIEMENT REFERENCEDEPAIEMENT CREDITORREF" },
	[FIELD_ORDER_REF] = { "order_ref", "ORDERREF ORDER ORDERNO PONUMBER PO COMMANDE NCOMMANDE "
					   "NUMEROCOMMANDE REFCOMMANDE NOCOMMANDE" },
	[FIELD_LABEL] = { "label",
			  "LABEL DESCRIPTION LIBELLE OBJET DESIGNATION COMMENT COMMENTAIRE" },
	[FIELD_CLEARED_ON] = { "cleared_on", "CLEARDATE CLEAREDON SETTLEDDATE PAYMENTDATE PAIDDATE "
					     "PAIDON DATEREGLEMENT DATEDEREGLEMENT DATEPAIEMENT "
					     "DATEDEPAIEMENT PAYELE" },
	[FIELD_DISPUTED] = { "disputed", "DISPUTED DISPUTE LITIGE ENLITIGE CONTESTE" },
	[FIELD_BOOKED_ON] = { "booked_on", NULL },
	[FIELD_VALUE_ON] = { "value_on", NULL },
	[FIELD_BANK_TEXT] = { "bank_text", NULL },
	[FIELD_BANK_AMOUNT] = { "bank_amount", NULL },
	[FIELD_DEBIT] = { "debit", NULL },
	[FIELD_CREDIT] = { "credit", NULL },
	[FIELD_SIGN] = { "sign", NULL },
	[FIELD_BALANCE] = { "balance", NULL },
	[FIELD_BANK_CURRENCY] = { "bank_currency", NULL },
	[FIELD_COUNTERPARTY] = { "counterparty", NULL },
	[FIELD_COUNTERPARTY_IBAN] = { "counterparty_iban", NULL },
	[FIELD_OWN_ACCOUNT] = { "own_account", NULL },
	[FIELD_BANK_REF] = { "bank_ref", NULL },
};

/* Whether word is one of the space-separated words. */
static bool among(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = words; n && p && *p;) {
		const char *end = strchr(p, ' ');
		size_t len = end ? (size_t)(end - p) : strlen(p);
		if (len == n && memcmp(p, word, n) == 0)
			return true;
		p = end ? end + 1 : NULL;
	}
	return false;
}

enum table_field table_field_of_header(struct arena *a, const char *header)
{
	const char *key = header ? text_reference_key(a, header) : "";

	for (int f = 1; f < FIELD_BANK_FIRST; f++)
		if (among(fields[f].headers, key))
			return (enum table_field)f;
	return FIELD_NONE;
}

const char *table_field_name(enum table_field field)
{
	return field > FIELD_NONE && field < FIELD_COUNT ? fields[field].name : "";
}

enum table_field table_field_of_name(const char *name)
{
	for (int f = 1; name && f < FIELD_COUNT; f++)
		if (strcmp(fields[f].name, name) == 0)
			return (enum table_field)f;
	return FIELD_NONE;
}

const char *const *import_field_names(void)
{
	static const char *const names[] = {
		"customer",      "customer_name", "customer_kind",
		"siren",         "vat_number",    "segment",
		"terms",         "terms_days",    "terms_eom",
		"payment_means", "language",      "email",
		"phone",         "street",        "street2",
		"postcode",      "city",          "country",
		"iban",          "parent",        "payer",
		"credit_limit",  "contact_name",  "role",
		"is_dunning",    "document",      "kind",
		"issued_on",     "due_on",        "amount",
		"amount_cents",  "net",           "vat",
		"open",          "currency",      "payment_ref",
		"order_ref",     "label",         "cleared_on",
		"disputed",      "booked_on",     "value_on",
		"bank_text",     "bank_amount",   "debit",
		"credit",        "sign",          "balance",
		"bank_currency", "counterparty",  "counterparty_iban",
		"own_account",   "bank_ref",      NULL,
	};

	return names;
}

struct word {
	const char *ours;
	const char *theirs;
};

static const char *translate(struct arena *a, const struct word *words, size_t n, const char *text)
{
	const char *key = text_reference_key(a, text);

	for (size_t i = 0; i < n; i++)
		if (among(words[i].theirs, key))
			return words[i].ours;
	return NULL;
}

const char *table_payment_means(struct arena *a, const char *text)
{
	static const struct word words[] = {
		{ "transfer", "VIR VIREMENT VRT TRANSFER BANKTRANSFER WIRE SEPA SCT VIREMENTSEPA" },
		{ "direct_debit", "PRLV PREL PRELEVEMENT PRELEVEMENTSEPA SDD DIRECTDEBIT DD "
				  "PRELEVEMENTAUTOMATIQUE" },
		{ "draft",
		  "LCR BOR EFFET TRAITE LETTREDECHANGE BILLETAORDRE DRAFT BILLOFEXCHANGE" },
		{ "cheque", "CHQ CHEQUE CHECK CH CHEQUES" },
		{ "card", "CB CARTE CARTEBANCAIRE CARD CREDITCARD" },
		{ "cash", "ESP ESPECES CASH LIQUIDE" },
	};

	return translate(a, words, ARRAY_LEN(words), text);
}

const char *table_item_kind(struct arena *a, const char *text)
{
	static const struct word words[] = {
		{ "invoice", "INV INVOICE FACTURE FAC FA F FACT FC 380" },
		{ "credit_note", "CN CREDITNOTE AVOIR AV A CREDIT CREDITMEMO 381" },
		{ "payment", "PAYMENT PAIEMENT REGLEMENT RG PAY ENCAISSEMENT" },
		{ "deposit", "DEPOSIT ACOMPTE AC ADVANCE AVANCE" },
		{ "draft", "DRAFT EFFET LCR BOR TRAITE" },
		{ "adjustment", "ADJUSTMENT OD DIVERS AJUSTEMENT REGULARISATION" },
	};

	return translate(a, words, ARRAY_LEN(words), text);
}

const char *table_customer_kind(struct arena *a, const char *text)
{
	static const struct word words[] = {
		{ "b2b", "B2B PRO PROFESSIONNEL ENTREPRISE COMPANY BUSINESS" },
		{ "b2g", "B2G PUB PUBLIC SECTEURPUBLIC ADMINISTRATION COLLECTIVITE PUBLICSECTOR" },
		{ "b2c", "B2C PART PARTICULIER CONSOMMATEUR CONSUMER INDIVIDUAL INDIVIDUEL" },
	};

	return translate(a, words, ARRAY_LEN(words), text);
}

bool table_is_yes(struct arena *a, const char *text)
{
	return among("1 OUI YES Y O VRAI TRUE X", text_reference_key(a, text));
}

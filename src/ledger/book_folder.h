/* SPDX-License-Identifier: Apache-2.0 */
/* book_folder.h - where the snapshots of a database's books lie. */
#ifndef LEDGER_BOOK_FOLDER_H
#define LEDGER_BOOK_FOLDER_H

/* Beside a SQLite database; else in ENCOURS_BOOK_DIR or the user's cache. From malloc; NULL when there is no place.
 * The folder itself may not be there yet. */
char *book_folder_of(const char *url);

#endif

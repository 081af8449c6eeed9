-- Rates as the cards in use gave them, so that a job can be held beside what else it could have cost on its day.
CREATE TABLE rates (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,        -- Unix seconds since when a card in use gave it; 0: given by the first card of this journal
    product TEXT NOT NULL,      -- the card's words for the service
    variant TEXT NOT NULL,      -- empty where the product has only one rate
    rate TEXT,                  -- dollars per unit; NULL: from here on without a price
    unit TEXT NOT NULL,
    card_date TEXT NOT NULL
) STRICT;
CREATE TRIGGER rates_keep_rows BEFORE DELETE ON rates BEGIN SELECT RAISE(ABORT, 'rates are append-only'); END;
CREATE TRIGGER rates_keep_values BEFORE UPDATE ON rates BEGIN SELECT RAISE(ABORT, 'rates are append-only'); END;

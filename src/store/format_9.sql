-- What HeyGen said it made: known before the result is home, and charged also where it never comes home.
ALTER TABLE jobs ADD COLUMN made_seconds TEXT;      -- seconds of output; NULL: not said
ALTER TABLE jobs ADD COLUMN made_pieces INTEGER;    -- clips that are charged; NULL: not said to be made yet

-- How often work on an import began without coming to an end: a file that ended the process is not read for ever.
ALTER TABLE contact_import ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
-- Bytes of the file that are kept, so that what a workspace keeps can be limited.
ALTER TABLE contact_import ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
UPDATE contact_import SET bytes =
    (SELECT COALESCE(SUM(LENGTH(data)), 0) FROM contact_import_chunk WHERE import = contact_import.pk);

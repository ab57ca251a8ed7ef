slapd.d: the configuration as files, and how a change of it is made durable

FILES
  cn=config.ldif                    the entry cn=config
  cn=config/<RDN>.ldif              an entry below it; below that: cn=config/<RDN>/<RDN>.ldif ...
  Each file is one LDIF record (RFC 2849) whose dn is the RDN alone; comments mean nothing. Files
  have mode 0600, folders 0750. The layout is OpenLDAP's.

  .change        the journal: an LDIF of all entries with their full names, superiors first, whose
                 last line is "# end of the change". While it exists it is the configuration, whole;
                 the other files may be between the old state and the new one.
  .change.new    the journal being written: means nothing
  .parts/<n>     files that will move into place: mean nothing
  *.ldif.new     a file being written by recovery: means nothing

LOCK
  Who changes the folder holds flock(LOCK_EX) on the folder itself, slapd as long as it runs.
  Readers take no lock.

A CHANGE
  1  write each file that differs to .parts/<n>, flushed; make folders that are missing
  2  write .change.new, flushed; flush the folder
  3  rename .change.new to .change; flush the folder      <- the change is made
  4  rename the parts into place, remove the files of entries that are gone, flush their folders
  5  remove .change and .parts; flush the folder
  A failure in 1 or 2 leaves the old state, with what was written removed. A failure in 4 or 5
  leaves the journal, which counts; the next change or start completes it. Everything that needs
  room on the disk happens before 3.

RECOVERY, by whoever opens the folder for writing, or reads it, may write and gets the lock
  .change there: write every file that differs from the journal's entries, remove files of entries
  (cn=*.ldif, olc*.ldif, but not cn=include*.ldif) that it has not, then step 5.
  No .change: step 5.

READING
  1  note the folder's modification time
  2  .change there: read that, and be done
  3  read the files; when the folder's modification time is another now, or was younger in 1
     than two steps of the clock (a second change could have the same time), begin again
  So a reader sees the old or the new state as a whole, whatever the writer does meanwhile.

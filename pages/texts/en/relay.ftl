### What the relay itself puts into a page, and the few sentences that it answers with.

## Days, in the list of hours

day-monday = Monday
day-tuesday = Tuesday
day-wednesday = Wednesday
day-thursday = Thursday
day-friday = Friday
day-saturday = Saturday
day-sunday = Sunday

## Answers that are not a page

not-found = There is nothing here. Open the address again from where you found it.
page-not-let-in = This page comes from an address that this relay does not know. Whoever runs it can name the address under “origins” in its configuration.
built-without-pages = This relay was built without its pages. Whoever runs it can build it again with “cargo xtask demo”.
no-policy = This relay has no policy that holds at this time. Whoever runs the program can publish a new one.

### What the relay itself puts into a page, and the few sentences that it answers with.

## Days, in the list of hours

day-monday = Monday
day-tuesday = Tuesday
day-wednesday = Wednesday
day-thursday = Thursday
day-friday = Friday
day-saturday = Saturday
day-sunday = Sunday

month-january = January
month-february = February
month-march = March
month-april = April
month-may = May
month-june = June
month-july = July
month-august = August
month-september = September
month-october = October
month-november = November
month-december = December

hours-every-day = Every day
hours-all-day = Day and night

## Dates that are not as the week would have it

exception-date = { $day }, { $month } { $date }
# The same where it stands for many months.
exception-date-year = { $day }, { $month } { $date }, { $year }
exception-closed = Closed
# «what» is “Closed” or times of the day, «why» a word or two of the program’s, such as “Thanksgiving”.
exception-why = { $what } ({ $why })

## When chat opens and closes. The time is one such as 08:00.

chat-opens-today = Chat opens again today at { $time }.
chat-opens-day = Chat opens again on { $day } at { $time }.
chat-opens-date = Chat opens again on { $day }, { $month } { $date }, at { $time }.
chat-closes-today = Chat is open until { $time } today.
chat-closes-midnight = Chat is open until midnight.
chat-closes-day = Chat is open until { $time } on { $day }.

## Answers that are not a page

not-found = There is nothing here. Open the address again from where you found it.
page-not-let-in = This page comes from an address that this relay does not know. Whoever runs it can name the address under “origins” in its configuration.
built-without-pages = This relay was built without its pages. Whoever runs it can build it again with “cargo xtask demo”.
other-version = This page is being renewed. Nothing was sent. Open the address again in a moment.
no-policy = This relay has no policy that holds at this time. Whoever runs the program can publish a new one.

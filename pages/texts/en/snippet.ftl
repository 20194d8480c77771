### The snippet for the program's own website. There is no way out on that page, and others may look at it.

# Only in the source of the page, for whoever keeps the website.
snippet-about = Made by “stillroom site snippet” from the signed policy of
snippet-fingerprint = whose root key has the fingerprint
snippet-link = Chat with an advocate
# Followed by a day and a time.
snippet-next = It opens again:

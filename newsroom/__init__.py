"""The newsroom that comes with the project: six invented outlets, played on loopback.

`make run` shows Marsad at work on it, tests use its `Newsroom`; nothing of Marsad knows that it exists. It is
reached as any outlet is, through the standard `http_proxy`, its outlets stand in a folder for `MARSAD_OUTLETS`.

`pieces` holds what the outlets publish, `shapes` how their feeds and pages look, `site` what each address
answers, `server` plays it over HTTP, `demonstration` is `make run`.
"""

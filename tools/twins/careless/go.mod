module careless

go 1.26.0

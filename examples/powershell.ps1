# Declares a group with one member. $ADAPTER and $KEY are set by the line that npm start prints.
$group = "$ADAPTER/api/connections/contosohr/groups/lateshift"
$call = @{ Headers = @{ 'x-functions-key' = $KEY }; ContentType = 'application/json' }
Invoke-RestMethod -Method Put -Uri $group @call -Body (@{ displayName = 'Late shift' } | ConvertTo-Json)
$members = @{ members = @(@{ type = 'user'; id = '6f8d1c1e-52a4-4a0a-9d65-0b7a5c4f0a11' }) }
do {
    $record = Invoke-RestMethod -Method Put -Uri "$group/members" @call -Body ($members | ConvertTo-Json -Depth 4)
    # Sending the same again is safe; it tells the state.
    if ($record.state -eq 'applying') { Start-Sleep -Seconds 2 }
} while ($record.state -eq 'applying')
$record.state

# Builds a release, serves it on loopback, and installs, upgrades and removes it with install.ps1.
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true

bash ./scripts/build --target x86_64-pc-windows-msvc
$version = (Get-Content deno.json | ConvertFrom-Json).version
$site = Join-Path $env:RUNNER_TEMP 'site'
foreach ($folder in "download/v$version", 'latest/download') {
  New-Item -ItemType Directory -Force "$site/$folder" | Out-Null
  Copy-Item dist/release/*.* "$site/$folder"
}
$server = Start-Process python -ArgumentList '-m', 'http.server', '8931', '--bind', '127.0.0.1' `
  -WorkingDirectory $site -PassThru
try {
  $env:INSFORGE_DOWNLOAD_URL = 'http://127.0.0.1:8931'
  $folder = Join-Path $env:RUNNER_TEMP 'insforge bin'
  foreach ($attempt in 1..50) {
    try { Invoke-WebRequest -UseBasicParsing $env:INSFORGE_DOWNLOAD_URL | Out-Null; break }
    catch { Start-Sleep -Milliseconds 200 }
  }

  & ./scripts/install.ps1 -To $folder
  if ((& "$folder/insforge.exe" --version) -ne $version) { throw 'It does not run.' }

  # An upgrade replaces an executable that runs.
  $running = Start-Process "$folder/insforge.exe" -PassThru `
    -ArgumentList 'local', 'serve', '--data-dir', (Join-Path $env:RUNNER_TEMP 'data')
  & ./scripts/install.ps1 -To $folder
  $running | Stop-Process
  $running.WaitForExit()

  # Windows PowerShell, which every Windows has, is older.
  powershell -NoProfile -File scripts/install.ps1 -To $folder

  Add-Content "$site/download/v$version/insforge-$version-x86_64-pc-windows-msvc.zip" 'damage'
  $PSNativeCommandUseErrorActionPreference = $false
  pwsh -NoProfile -File scripts/install.ps1 -To $folder
  if ($LASTEXITCODE -ne 1) { throw 'A damaged archive was installed.' }
  if ((& "$folder/insforge.exe" --version) -ne $version) { throw 'It was not left as it was.' }

  & ./scripts/install.ps1 -Uninstall -To $folder
  if (Test-Path "$folder/insforge.exe") { throw 'It was not removed.' }
} finally {
  Stop-Process $server
}
